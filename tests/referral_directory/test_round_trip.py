"""Whatever stands in the directory comes back from a file as it was, in each of the three forms.

Into an empty directory: nothing is there to fall back on. What no file carries is left out of the
comparison by name: confirmations and, from HSDS, what is for staff alone.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete

from referral_directory.exchange import FileFormat
from referral_directory.inventory import read_organizations, read_phones, read_services
from referral_directory.models import Location, Organization, Phone, Service
from referral_directory.vocabulary import Answer, Fees, Need, Reach
from tests.referral_directory.files import LOOKS_SPOILT, bring_in, take_out
from tests.referral_directory.samples import (
    TODAY,
    put_organization,
    put_phone,
    put_service,
    set_values,
)

# Staff's own words go out in tables alone; a confirmation comes back from nowhere.
NEVER = {"assured_date", "verified_by"}
NOT_IN_HSDS = NEVER | {"note", "fact_row", "status"}

_WORDS = (
    st.text(
        st.characters(
            blacklist_categories=("Cs", "Cc", "Co", "Cn"), blacklist_characters="\ufeff\u00a0"
        ),
        min_size=1,
        max_size=30,
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: bool(text) and not text.startswith("#"))
    .filter(lambda text: not LOOKS_SPOILT.search(text))
)
_MAYBE = st.none() | _WORDS
_NOT_SHELTER = [need for need in Need if need is not Need.SHELTER]
_SERVICE = st.fixed_dictionaries(
    {
        "name_fr": _WORDS,
        "name_bm": _MAYBE,
        "description_fr": _WORDS,
        "description_bm": _MAYBE,
        "eligibility_fr": _MAYBE,
        "eligibility_bm": _MAYBE,
        "fees": st.sampled_from(Fees),
        "fees_note_fr": _MAYBE,
        "fees_note_bm": _MAYBE,
        "needs": st.lists(st.sampled_from(_NOT_SHELTER), min_size=1, unique=True).map(tuple),
        "place": st.none() | st.sampled_from(["sevare", "cercle-gao", "bamako-commune-1"]),
        "areas": st.sampled_from(["mali", "gao|kayes", "mopti"]),
        "hours": st.sampled_from(
            ["", "lun-ven 08:00-17:00; sam 08:00-12:00", "lun-dim 00:00-23:59"]
        ),
        "languages": st.sampled_from(["", "bm", "bm|fr|snk"]),
        "accessibility": st.sampled_from(["", "ramp|toilet"]),
        "source": _WORDS,
        "source_date": st.none() | st.sampled_from(["2021", "2016-2018", "2024-08", "2026-03-03"]),
        "note": _MAYBE,
    }
).flatmap(
    lambda cells: st.fixed_dictionaries(
        {
            "address": _MAYBE if cells["place"] else st.none(),
            "pep": st.sampled_from(Answer)
            if Need.MEDICAL in cells["needs"]
            else st.just("unknown"),
            "clinical_known_on": st.none() | st.dates(date(2000, 1, 1), TODAY)
            if Need.MEDICAL in cells["needs"]
            else st.none(),
        }
    ).map(lambda more: cells | more)
)
_PHONE = st.fixed_dictionaries(
    {
        "label_fr": _WORDS,
        "label_bm": _MAYBE,
        "reach": st.sampled_from(Reach),
        "is_free": st.none() | st.booleans(),
        "is_emergency": st.booleans(),
        "position": st.integers(0, 9_999),
        "hours": st.sampled_from(["", "lun 08:00-12:00"]),
        "type": st.sampled_from(["voice", "text"]),
        "service": st.none() | st.just("s"),
        "source": _WORDS,
    }
)
_ORGANIZATION = st.fixed_dictionaries(
    {
        "name_fr": _WORDS,
        "name_bm": _MAYBE,
        "alternate_name": _MAYBE,
        "description_fr": _MAYBE,
        "email": st.none() | st.just("a@exemple.ml"),
        "website": st.none() | st.just("https://exemple.ml"),
        "kind": st.sampled_from(["ngo", "police", "health"]),
        "source": _WORDS,
        "source_date": st.none() | st.sampled_from(["2021", "2026-03-03"]),
    }
)


def _entries(directory: Connection, left_out: set[str]) -> Iterator[dict[str, Any]]:
    for record in (
        *(one for one in read_organizations(directory) if one.slug == "neuve"),
        *(one for one in read_services(directory) if one.slug == "s"),
        *(one for one in read_phones(directory) if one.slug == "tel-s"),
    ):
        cells = {name: value for name, value in record if name not in left_out}
        if cells.get("description_fr") == cells.get("name_fr") and "number" not in cells:
            cells["description_fr"] = None  # a description that says the name says nothing
        yield cells | {"needs": set(cells.get("needs", ())), "areas": set(cells.get("areas", ()))}


def _forget(directory: Connection) -> None:
    for model, slug in (
        (Phone, "tel-s"),
        (Location, "at-s"),
        (Service, "s"),
        (Organization, "neuve"),
    ):
        directory.execute(delete(model).where(model.slug == slug))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries=st.tuples(_ORGANIZATION, _SERVICE, _PHONE), is_closed=st.booleans())
@pytest.mark.parametrize("file_format", ["csv", "xlsx", "hsds"])
def test_nothing_is_lost_on_the_way_out_and_in(
    places_only: Connection,
    tmp_path: Path,
    file_format: FileFormat,
    entries: tuple[dict[str, Any], dict[str, Any], dict[str, Any]],
    *,
    is_closed: bool,
) -> None:
    organization, service, phone = entries
    left_out = NOT_IN_HSDS if file_format == "hsds" else NEVER
    with places_only.begin_nested() as moment:
        put_organization(places_only, "neuve", **organization)
        put_service(places_only, "s", organization="neuve", **service)
        put_phone(places_only, "tel-s", "20212299", organization="neuve", **phone)
        if file_format != "hsds" and is_closed:
            set_values(places_only, Service, "s", status="closed")
        before = list(_entries(places_only, left_out))
        path = take_out(places_only, tmp_path, file_format)
        _forget(places_only)
        report = bring_in(places_only, path)
        after = list(_entries(places_only, left_out))
        moment.rollback()
    assert report.problems == ()
    assert report.added == 3
    assert after == before


def test_what_comes_from_hsds_is_a_draft_whatever_it_says(
    places_only: Connection, tmp_path: Path
) -> None:
    put_organization(places_only, "neuve")
    put_service(places_only, "s", "sevare", organization="neuve")
    put_phone(places_only, "tel-s", "20212299", organization="neuve", service="s")
    path = take_out(places_only, tmp_path, "hsds")
    _forget(places_only)
    bring_in(places_only, path)
    entries = list(_entries(places_only, set()))
    assert [(one["status"], one["assured_date"]) for one in entries] == [("draft", None)] * 3


def test_a_new_service_of_a_known_organisation_leaves_it_as_it_is(
    places_only: Connection, tmp_path: Path
) -> None:
    put_organization(places_only, "neuve", note="pour nous")
    put_service(places_only, "s", "sevare", organization="neuve")
    path = take_out(places_only, tmp_path, "hsds")
    places_only.execute(delete(Location).where(Location.slug == "at-s"))
    places_only.execute(delete(Service).where(Service.slug == "s"))
    before = read_organizations(places_only)
    report = bring_in(places_only, path)
    assert [one.slug for one in report.changes] == ["s"]
    assert read_organizations(places_only) == before
