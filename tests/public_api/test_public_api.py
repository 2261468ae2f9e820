"""The public API keeps to HSDS 3.1 and shows what the public may see, nothing else."""

import json
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.public_api.app import LARGEST_BODY, Limits
from bot.public_api.asking import MOST_PER_PAGE, UnclearError, asked, parameters_of_body
from referral_directory.hsds_words import hsds_id
from referral_directory.vocabulary import Need
from tests.public_api.conftest import MANY, Open
from tests.public_api.hsds_schemas import entry_errors, page_errors
from tests.referral_directory.samples import NOW
from tests.referral_directory.test_cards import betrays

LISTINGS = {
    "services": "service",
    "organizations": "organization",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
FORMS = ("", "?full=true", "?minimal=true", "?full_service=true", "?per_page=1", "?page=2")


async def _get(api: httpx.AsyncClient, path: str, **parameters: Any) -> Any:
    answer = await api.get(f"/hsds/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def _names(api: httpx.AsyncClient, path: str = "services", **parameters: Any) -> set[str]:
    page = await _get(api, path, per_page=100, **parameters)
    return {one.get("name") or one["service"]["name"] for one in page["contents"]}


# -- the words of HSDS ---------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("listing", LISTINGS)
async def test_pages_are_valid(api: httpx.AsyncClient, listing: str, form: str) -> None:
    page = (await api.get(f"/hsds/{listing}{form}")).json()
    name = "minimal" if "minimal" in form else LISTINGS[listing]
    assert page_errors(name, page) == []
    assert page["empty"] is not bool(page["contents"])


@pytest.mark.parametrize("listing", LISTINGS)
async def test_every_entry_of_a_list_can_be_read_alone(
    api: httpx.AsyncClient, listing: str
) -> None:
    page = await _get(api, listing, per_page=100)
    assert page["total_items"] == len(page["contents"]) >= 1
    for one in page["contents"]:
        entry = await _get(api, f"{listing}/{one['id']}")
        assert entry_errors(LISTINGS[listing], entry) == []
        assert entry["id"] == one["id"]


@pytest.mark.parametrize("path", ["", "/"])
async def test_the_root_says_what_this_is(api: httpx.AsyncClient, path: str) -> None:
    said = (await api.get(f"/hsds{path}")).json()
    assert entry_errors("root", said) == []
    assert said["version"] == "3.1"
    described = await api.get(said["openapi_url"])
    assert described.json()["openapi"].startswith("3.1")


async def test_the_description_names_every_address(
    api: httpx.AsyncClient,
) -> None:
    description = (await api.get("/hsds/openapi.json")).json()
    references = re.findall(r"#/components/schemas/(\w+)", str(description))
    assert set(references) == description["components"]["schemas"].keys()
    assert set(description["paths"]) == {
        "/",
        *(f"/{listing}" for listing in LISTINGS),
        *(f"/{listing}/{{id}}" for listing in LISTINGS),
    }
    operations = [one for path in description["paths"].values() for one in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(set(names)) == len(names)


async def test_the_description_says_what_can_be_asked_and_refused(api: httpx.AsyncClient) -> None:
    paths = (await api.get("/hsds/openapi.json")).json()["paths"]

    def asked(operation: dict[str, Any]) -> list[str]:
        return [one["name"] for one in operation["parameters"]]

    for listing in LISTINGS:
        listed, posted = paths[f"/{listing}"]["get"], paths[f"/{listing}"]["post"]
        assert asked(listed) == asked(posted)
        assert {"400", "429"} <= listed["responses"].keys() & posted["responses"].keys()
        # Words and ids may be any: they find nothing.
        checked = [n for n in asked(listed) if n != "search" and not n.endswith("_id")]
        for name in checked:
            refused = await api.get(f"/hsds/{listing}", params={name: "?"})
            assert refused.status_code == 400, name
    assert asked(paths["/organizations/{id}"]["get"]) == ["id", "full_service"]
    about = paths["/"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(about["required"]) <= (await _get(api, "")).keys()


async def test_a_complete_service_is_complete(api: httpx.AsyncClient) -> None:
    service = await _get(api, f"services/{hsds_id('service', 'complet')}")
    assert service["last_modified"] == "2026-11-23T12:00:00.000Z"
    assert service["assured_date"] == "2026-11-23"
    assert [line["number"] for line in service["phones"]] == ["+223 20 21 22 99"]
    location = service["service_at_locations"][0]["location"]
    assert (location["latitude"], location["addresses"][0]["address_1"]) == (14.5, "Rue 12")
    assert service["x_name_bm"] == "Lamɛnni"
    assert service["organization"]["phones"][0]["number"] == "+223 20 21 22 24"
    needs = [one["taxonomy_term"]["code"] for one in service["attributes"]]
    assert needs == ["medical", "legal"]


async def test_items_of_lists_hold_no_lists_unless_asked_for(api: httpx.AsyncClient) -> None:
    page = await _get(api, "services")
    assert [v for one in page["contents"] for v in one.values() if isinstance(v, list)] == []
    assert all(one["organization"]["name"] for one in page["contents"])
    full = await _get(api, "services", full="true")
    assert all(one["service_areas"] for one in full["contents"] if one["x_kind"] == "entry")


async def test_an_organisation_names_its_services(api: httpx.AsyncClient) -> None:
    path = f"organizations/{hsds_id('organization', 'essai')}"
    short = await _get(api, path)
    assert {one["name"] for one in short["services"]} == {
        "Écoute et soins",
        "Droit partout",
        "Lieu caché",
    }
    assert all(one.keys() == {"id", "name", "status"} for one in short["services"])
    full = await _get(api, path, full_service="true")
    assert any(one.get("phones") for one in full["services"])


# -- searches ------------------------------------------------------------------------------------

LEGAL = hsds_id("taxonomy_term", "legal")


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"search": "ecoute SOINS", "organization_id": hsds_id("organization", "essai")},
         {"Écoute et soins"}),
        ({"search": "lamɛnni"}, {"Écoute et soins"}),
        ({"search": "association essai partout"}, {"Droit partout"}),
        ({"search": "introuvable"}, set()),
        ({"organization_id": hsds_id("organization", "essai"), "taxonomy_term_id": LEGAL},
         {"Écoute et soins", "Droit partout"}),
        ({"organization_id": hsds_id("organization", "personne")}, set()),
        ({"taxonomy_term_id": hsds_id("taxonomy_term", "magic")}, set()),
        ({"taxonomy_id": hsds_id("taxonomy", "autre")}, set()),
        ({"taxonomy_id": hsds_id("taxonomy", "besoins"), "search": "droit partout"},
         {"Droit partout"}),
        ({"modified_after": (NOW - timedelta(hours=1)).isoformat()},
         {"Écoute et soins", "Droit partout", "Lieu caché"}),
        ({"modified_after": NOW.isoformat()},
         {"Écoute et soins", "Droit partout", "Lieu caché"}),
        ({"modified_after": (NOW + timedelta(seconds=1)).isoformat()}, set()),
        ({"modified_after": "2026-11-24"}, set()),
    ],
)  # fmt: skip
async def test_conditions_add_up_by_get_and_by_post(
    api: httpx.AsyncClient, parameters: dict[str, str], names: set[str]
) -> None:
    assert await _names(api, **parameters) == names
    posted = await api.post("/hsds/services", json=parameters)
    assert {one["name"] for one in posted.json()["contents"]} == names
    form = await api.post("/hsds/services", data=parameters)
    assert form.json() == posted.json()
    in_address = await api.post("/hsds/services", params=parameters)
    assert in_address.json() == posted.json()


async def test_services_at_locations_can_be_searched_too(api: httpx.AsyncClient) -> None:
    assert await _names(api, "service_at_locations", taxonomy_term_id=LEGAL) == {"Écoute et soins"}
    assert await _names(api, "service_at_locations", search="droit partout") == set()


async def test_organisations_can_be_searched_too(api: httpx.AsyncClient) -> None:
    legal = await _names(api, "organizations", taxonomy_term_id=LEGAL)
    assert "Association Essai" in legal
    assert legal < await _names(api, "organizations")
    assert await _names(api, "organizations", search="essai") == {"Association Essai"}
    assert await _names(api, "organizations", taxonomy_id=hsds_id("taxonomy", "x")) == set()


async def test_terms_hang_on_nothing(api: httpx.AsyncClient) -> None:
    every = await _get(api, "taxonomy_terms", top_only="true")
    assert every["total_items"] == len(Need)
    for condition in ({"parent_id": LEGAL}, {"taxonomy_id": LEGAL}):
        assert (await _get(api, "taxonomy_terms", **condition))["empty"]
    (found,) = (await _get(api, "taxonomy_terms", search="porter plainte"))["contents"]
    assert found["code"] == "complaint"


async def test_pages_hold_all_entries_once(api: httpx.AsyncClient) -> None:
    every = await _names(api)
    found, page, number = [], {"last_page": False}, 0
    while not page["last_page"]:
        number += 1
        page = await _get(api, "services", page=number, per_page=2)
        assert (page["page_number"], page["first_page"]) == (number, number == 1)
        assert page["total_items"] == len(every)
        found += [one["name"] for one in page["contents"]]
    assert page["total_pages"] == number
    assert sorted(found) == sorted(every)
    beyond = await _get(api, "services", page=number + 1, per_page=2)
    assert (beyond["empty"], beyond["last_page"], beyond["size"]) == (True, True, 0)
    assert (await _get(api, "services", per_page=9999))["size"] <= MOST_PER_PAGE


@pytest.mark.parametrize("method", ["get", "post"])
async def test_a_stream_holds_all_entries_a_line_each(api: httpx.AsyncClient, method: str) -> None:
    parameters = {"format": "ndjson", "full": "true"}
    if method == "get":
        answer = await api.get("/hsds/services", params=parameters)
    else:
        answer = await api.post("/hsds/services", json=parameters)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert {one["name"] for one in lines} == await _names(api)
    assert [error for one in lines for error in entry_errors("service", one)] == []


@pytest.mark.parametrize(
    "parameters",
    [{"page": "0"}, {"page": "-1"}, {"page": "x"}, {"per_page": "9" * 30}, {"minimal": "maybe"},
     {"modified_after": "hier"}, {"format": "xml"}],
)  # fmt: skip
async def test_what_means_nothing_is_refused_without_repeating_it(
    api: httpx.AsyncClient, parameters: dict[str, str]
) -> None:
    answer = await api.get("/hsds/services", params=parameters)
    assert answer.status_code == 400
    (name, value) = next(iter(parameters.items()))
    assert answer.json()["error"].startswith(f"{name}:")
    assert value == "x" or value not in answer.text


@pytest.mark.parametrize("body", [b"{", b"[1]", b"[" * 9_999, b"x" * (LARGEST_BODY + 1)])
async def test_a_body_that_means_nothing_is_refused(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/hsds/services", content=body)
    assert answer.status_code == 400
    assert answer.headers["cache-control"] == "no-store"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


# Deep values are slow to make where others use the machine; it is their kind that matters.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["search", "page", "per_page", "full", "modified_after", "format", "a"]),
        _JSON,
    )
)
def test_anything_asked_is_understood_or_refused(said: dict[str, Any]) -> None:
    try:
        wanted, _ = asked(parameters_of_body(json.dumps(said).encode(), "application/json"))
    except UnclearError as error:
        assert error.reason  # noqa: PT017  # either is right
    else:
        assert (wanted.page >= 1, 1 <= wanted.per_page <= MOST_PER_PAGE) == (True, True)


# -- what may not be seen ------------------------------------------------------------------------


async def _everything(api: httpx.AsyncClient) -> str:
    texts = []
    for listing in LISTINGS:
        for form in (*FORMS, "?format=ndjson&full=true"):
            joined = form + ("&" if form else "?") + "per_page=100"
            texts.append((await api.get(f"/hsds/{listing}{joined}")).text)
        for one in (await _get(api, listing, per_page=100))["contents"]:
            texts.append((await api.get(f"/hsds/{listing}/{one['id']}")).text)
            path = f"/hsds/{listing}/{one['id']}?full_service=true"
            texts.append((await api.get(path)).text)
    return "\n".join(texts)


async def test_nothing_hidden_comes_through_any_door(api: httpx.AsyncClient) -> None:
    """Drafts, closed, expired and never confirmed entries, notes, names of staff, shelters."""
    text = await _everything(api)
    assert "Écoute et soins" in text
    assert "SECRET" not in text
    assert betrays(text) == []
    assert "refuge" not in text


async def test_a_place_that_is_restricted_is_absent_though_its_service_is_not(
    api: httpx.AsyncClient,
) -> None:
    service = await _get(api, f"services/{hsds_id('service', 'cache')}")
    assert "service_at_locations" not in service
    hidden = hsds_id("service_at_location", "cache")
    assert (await api.get(f"/hsds/service_at_locations/{hidden}")).status_code == 404


@pytest.mark.parametrize(
    ("listing", "slug"),
    [
        ("services", "refuge"),
        ("services", "vieux"),
        ("services", "jamais"),
        ("services", "ferme"),
        ("services", "de-close"),
        ("organizations", "close"),
        ("organizations", "apdf"),
        ("service_at_locations", "refuge"),
        ("service_at_locations", "vieux"),
        ("services", "nobody"),
    ],
)
async def test_what_may_not_be_seen_is_not_there(
    api: httpx.AsyncClient, listing: str, slug: str
) -> None:
    name = LISTINGS[listing]
    answer = await api.get(f"/hsds/{listing}/{hsds_id(name, slug)}")
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["services", "services/x", "", "openapi.json", "taxonomies"])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
async def test_nothing_can_be_written(api: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await api.request(method, f"/hsds/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/json")
    assert "GET" in answer.headers["allow"]
    assert ("POST" in answer.headers["allow"]) is (path in LISTINGS)


async def test_only_lists_are_searched_by_post(api: httpx.AsyncClient) -> None:
    for path in ("", "openapi.json", f"services/{hsds_id('service', 'complet')}"):
        assert (await api.post(f"/hsds/{path}", json={})).status_code == 405
    for listing in LISTINGS:
        assert (await api.post(f"/hsds/{listing}", json={})).status_code == 200


async def test_what_is_nowhere_is_said_in_json(api: httpx.AsyncClient) -> None:
    for path in ("locations", "services/x/y", "services/not-a-uuid", "x.php"):
        answer = await api.get(f"/hsds/{path}")
        assert (answer.status_code, list(answer.json())) == (404, ["error"])


async def test_a_page_of_another_site_may_ask(api: httpx.AsyncClient) -> None:
    before = await api.options("/hsds/services", headers={"Origin": "https://example.org"})
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == "*"
    assert "POST" in before.headers["access-control-allow-methods"]
    head = await api.head("/hsds/services")
    assert (head.status_code, head.content) == (200, b"")


# -- caches and limits ---------------------------------------------------------------------------


async def test_who_has_it_already_is_told_so(api: httpx.AsyncClient) -> None:
    first = await api.get("/hsds/services")
    mark = first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    again = await api.get("/hsds/services", headers={"If-None-Match": f'"x", W/{mark}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", mark)
    other = await api.get("/hsds/services?full=true", headers={"If-None-Match": mark})
    assert other.status_code == 200


async def test_posted_searches_are_stored_by_nobody(api: httpx.AsyncClient) -> None:
    answer = await api.post("/hsds/services", json={"search": "soins"})
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


async def test_who_asks_too_often_waits(open_api: Open) -> None:
    api = open_api(Limits("3/minute", MANY))
    statuses = [(await api.get("/hsds/taxonomies")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    refused = await api.post("/hsds/services", json={})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")


async def test_all_together_wait_too(open_api: Open) -> None:
    api = open_api(Limits(MANY, "2/minute"))
    assert [(await api.get("/hsds/")).status_code for _ in range(3)] == [200, 200, 429]
