"""What HSDS 3.1 asks of each object, written by us from its lists of fields.

Keys beyond those of the specification must begin with `x_`; null is never allowed.
"""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

type Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
DATE: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {
    "type": "string",
    "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
}
NUMBER: Schema = {"type": "number"}
# The checkers of these two formats are not installed: they would let anything pass.
URI: Schema = {"type": "string", "pattern": r"^https?://[^\s/]+\S*$"}
EMAIL: Schema = {"type": "string", "format": "email", "pattern": r"^[^@\s]+@[^@\s]+$"}
CLOCK: Schema = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(Z|[+-]\d{2}:\d{2})$"}
DAYS = "(MO|TU|WE|TH|FR|SA|SU)"


def _list(name: str) -> Schema:
    return {"type": "array", "minItems": 1, "items": {"$ref": f"#/$defs/{name}"}}


def _one(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _words(*words: str) -> Schema:
    return {"enum": list(words)}


def _object(required: str, **fields: Schema) -> Schema:
    return {
        "type": "object",
        "required": required.split(),
        "properties": fields,
        "patternProperties": {"^x_": {"not": {"type": "null"}}},
        "additionalProperties": False,
    }


DEFINITIONS: dict[str, Schema] = {
    "organization": _object(
        "id name description",
        id=UUID, name=TEXT, description=TEXT, alternate_name=TEXT, email=EMAIL, website=URI,
        phones=_list("phone"), services=_list("service"),
    ),
    "service": _object(
        "id name status",
        id=UUID, name=TEXT, description=TEXT, eligibility_description=TEXT, fees_description=TEXT,
        status=_words("active", "inactive", "defunct", "temporarily closed"),
        assured_date=DATE, last_modified=MOMENT, alert=TEXT, organization=_one("organization"),
        phones=_list("phone"), schedules=_list("schedule"), service_areas=_list("service_area"),
        service_at_locations=_list("service_at_location"), languages=_list("language"),
        attributes=_list("attribute"),
    ),
    "service_at_location": _object(
        "id", id=UUID, location=_one("location"), service=_one("service")
    ),
    "location": _object(
        "id location_type",
        id=UUID, location_type=_words("physical", "postal", "virtual"), name=TEXT,
        latitude=NUMBER, longitude=NUMBER, addresses=_list("address"),
        accessibility=_list("accessibility"),
    ),
    "address": _object(
        "id address_1 city state_province postal_code country address_type",
        id=UUID, address_1=TEXT, city=TEXT, state_province=TEXT, postal_code=TEXT,
        country={"type": "string", "pattern": "^[A-Z]{2}$"},
        address_type=_words("physical", "postal", "virtual"),
    ),
    "phone": _object(
        "id number",
        id=UUID, number=TEXT, description=TEXT,
        type=_words("text", "voice", "fax", "cell", "video", "pager", "textphone"),
    ),
    "schedule": _object(
        "id",
        id=UUID, freq=_words("WEEKLY", "MONTHLY"), wkst={"type": "string", "pattern": f"^{DAYS}$"},
        byday={"type": "string", "pattern": f"^{DAYS}(,{DAYS})*$"}, opens_at=CLOCK, closes_at=CLOCK,
    ),
    "service_area": _object("id", id=UUID, name=TEXT, uri=TEXT),
    "language": _object("id", id=UUID, code={"type": "string", "pattern": "^[a-z]{2,3}$"}),
    "accessibility": _object("id", id=UUID, description=TEXT),
    "attribute": _object(
        "id link_id link_entity taxonomy_term",
        id=UUID, link_id=UUID, link_entity=TEXT, taxonomy_term=_one("taxonomy_term"),
    ),
    "taxonomy": _object("id name description", id=UUID, name=TEXT, description=TEXT),
    "taxonomy_term": _object(
        "id name description",
        id=UUID, name=TEXT, description=TEXT, code=TEXT, taxonomy=TEXT, language=TEXT,
        taxonomy_detail=_one("taxonomy"),
    ),
    "minimal": _object("id", id=UUID, last_modified=MOMENT),
    "root": _object(
        "version profile openapi_url", version=TEXT, profile=URI, openapi_url=URI, description=TEXT
    ),
}  # fmt: skip
_NUMBERS = ("total_items", "total_pages", "page_number", "size")
_FLAGS = ("first_page", "last_page", "empty")


def _errors(schema: Schema, thing: Any) -> list[str]:
    whole = schema | {"$defs": DEFINITIONS}
    validator = Draft202012Validator(whole, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(thing)]


def entry_errors(name: str, thing: Any) -> list[str]:
    """Return what is wrong with an object of a name."""
    return _errors(_one(name), thing)


def page_errors(name: str, thing: Any) -> list[str]:
    """Return what is wrong with a page of such objects."""
    fields: dict[str, Schema] = {
        **{number: {"type": "integer", "minimum": 0} for number in _NUMBERS},
        **{flag: {"type": "boolean"} for flag in _FLAGS},
        "contents": {"type": "array", "items": _one(name)},
    }
    return _errors(_object(" ".join(fields), **fields), thing)
