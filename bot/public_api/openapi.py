"""The description of the API for programs, after OpenAPI 3.1."""

from typing import Any

from bot.public_api.asking import MOST_PER_PAGE, Listing

type Json = dict[str, Any]

_SINGLES = {
    Listing.SERVICES: "service",
    Listing.ORGANIZATIONS: "organization",
    Listing.SERVICE_AT_LOCATIONS: "service_at_location",
    Listing.TAXONOMIES: "taxonomy",
    Listing.TAXONOMY_TERMS: "taxonomy_term",
}
_UUID: Json = {"type": "string", "format": "uuid"}
_FLAG: Json = {"type": "boolean", "default": False}
_PARAMETERS: dict[str, tuple[str, Json]] = {
    "search": ("Words that the entry's texts hold.", {"type": "string"}),
    "page": ("From 1.", {"type": "integer", "minimum": 1, "default": 1}),
    "per_page": (
        "How many a page.",
        {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": 50},
    ),
    "format": (
        "ndjson streams all entries, a line each.",
        {"type": "string", "enum": ["json", "ndjson"], "default": "json"},
    ),
    "minimal": ("Ids and dates of change alone.", _FLAG),
    "full": ("Everything that hangs on an entry.", _FLAG),
    "full_service": ("Everything that hangs on the services.", _FLAG),
    "taxonomy_term_id": ("Of a need.", _UUID),
    "taxonomy_id": ("Of the taxonomy.", _UUID),
    "organization_id": ("Of an organisation.", _UUID),
    "modified_after": ("Changed then or later.", {"type": "string", "format": "date-time"}),
    "top_only": ("Terms that hang on none: all of them do.", _FLAG),
    "parent_id": ("Of a term that terms hang on: none does.", _UUID),
}
_PAGING = ("search", "page", "per_page", "format", "minimal")
_OF_SERVICES = ("taxonomy_term_id", "taxonomy_id", "organization_id", "modified_after", "full")
_ALLOWED = {
    Listing.SERVICES: (*_PAGING, *_OF_SERVICES),
    Listing.SERVICE_AT_LOCATIONS: (*_PAGING, *_OF_SERVICES),
    Listing.ORGANIZATIONS: (
        *_PAGING, "taxonomy_term_id", "taxonomy_id", "modified_after", "full", "full_service",
    ),
    Listing.TAXONOMIES: _PAGING,
    Listing.TAXONOMY_TERMS: (*_PAGING, "taxonomy_id", "top_only", "parent_id"),
}  # fmt: skip
_ENTRIES: dict[str, tuple[tuple[str, ...], dict[str, Json]]] = {
    "service": (
        ("id", "name", "status"),
        {
            "name": {"type": "string"},
            "status": {"enum": ["active", "inactive", "defunct", "temporarily closed"]},
            "assured_date": {"type": "string", "format": "date"},
            "last_modified": {"type": "string", "format": "date-time"},
        },
    ),
    "organization": (
        ("id", "name", "description"),
        {"name": {"type": "string"}, "description": {"type": "string"}},
    ),
    "service_at_location": (("id",), {"location": {"type": "object"}}),
    "taxonomy": (
        ("id", "name", "description"),
        {"name": {"type": "string"}, "description": {"type": "string"}},
    ),
    "taxonomy_term": (
        ("id", "name", "description"),
        {"code": {"type": "string"}, "name": {"type": "string"}},
    ),
}


_ABOUT_THE_API: Json = {
    "type": "object",
    "required": ["version", "profile", "openapi_url"],
    "properties": {
        "version": {"type": "string"},
        "profile": {"type": "string", "format": "uri"},
        "openapi_url": {"type": "string", "format": "uri"},
    },
}


def openapi(organisation: str) -> Json:
    """Return the description; `organisation` runs this installation."""
    paths: Json = {"/": {"get": _operation("getApiInformation", [], _ABOUT_THE_API)}}
    for listing, single in _SINGLES.items():
        paths |= _paths(listing, single)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{organisation} (HSDS 3.1)",
            "version": "3.1",
            "description": "Read-only. Searches may be posted: terms then stand in no address.",
        },
        "paths": paths,
        "components": {"schemas": {"page": _page_schema()} | _entry_schemas()},
    }


def _paths(listing: Listing, single: str) -> Json:
    names = _ALLOWED[listing]
    camel = "".join(part.title() for part in single.split("_"))
    entry = {"$ref": f"#/components/schemas/{single}"}
    page = {
        "allOf": [
            {"$ref": "#/components/schemas/page"},
            {"properties": {"contents": {"type": "array", "items": entry}}},
        ]
    }
    asked = [_parameter(name) for name in names]
    search = _operation(f"search{camel}", asked, page)
    search["requestBody"] = {
        "content": {
            kind: {
                "schema": {"type": "object", "properties": {n: _PARAMETERS[n][1] for n in names}}
            }
            for kind in ("application/json", "application/x-www-form-urlencoded")
        }
    }
    of_id = [{"name": "id", "in": "path", "required": True, "schema": _UUID}]
    if listing is Listing.ORGANIZATIONS:
        of_id.append(_parameter("full_service"))
    return {
        f"/{listing}": {
            "get": _operation(f"list{camel}", asked, page),
            "post": search,
        },
        f"/{listing}/{{id}}": {"get": _operation(f"get{camel}", of_id, entry)},
    }


def _parameter(name: str) -> Json:
    description, schema = _PARAMETERS[name]
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _operation(name: str, parameters: list[Json], schema: Json) -> Json:
    answers: Json = {
        "200": {"description": "Found.", "content": {"application/json": {"schema": schema}}},
        "429": {"description": "Too many requests."},
    }
    if parameters:
        answers["400"] = {"description": "A parameter or the body means nothing."}
    if parameters and parameters[0]["in"] == "path":
        answers["404"] = {"description": "There is no such entry, or it may not be shown."}
    return {"operationId": name, "parameters": parameters, "responses": answers}


def _page_schema() -> Json:
    numbers = ("total_items", "total_pages", "page_number", "size")
    flags = ("first_page", "last_page", "empty")
    return {
        "type": "object",
        "required": [*numbers, *flags, "contents"],
        "properties": {
            **{name: {"type": "integer"} for name in numbers},
            **{name: {"type": "boolean"} for name in flags},
            "contents": {"type": "array"},
        },
    }


def _entry_schemas() -> Json:
    return {
        name: {
            "type": "object",
            "required": list(required),
            "properties": {"id": _UUID} | properties,
        }
        for name, (required, properties) in _ENTRIES.items()
    }
