"""The directory: lists, entries, edits that wait, deeds, the whereabouts of refuges, the bin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.responses import Response

from referral_directory import deeds
from referral_directory.edits import NewEdit, propose
from referral_directory.french_dates import NotUnderstoodError, read_date
from referral_directory.provider_links import LINK_LIVES, ProviderLinks
from referral_directory.versions import Seen
from referral_directory.vocabulary import Status
from staff_console import directory
from staff_console.directory import EntryPage, FormField, in_french
from staff_console.errors import ChangedMeanwhileError, RefusedError
from staff_console.names import names_in
from staff_console.provider_page import PATH as PROVIDER_PAGE
from staff_console.three_way import Reconciled, opened, reconcile
from staff_console.visit import Page, Visit
from storage.actors import Role

_LONGEST = 5000
_SUBJECTS = ("service", "phone", "organization")
_STATUSES = tuple(each for each in Status if each is not Status.DELETED)


def read_day(visit: Visit, name: str) -> date | None:
    """Return a day as the browser's field sends it, or as people write it; `None` for none.

    Raises:
        RefusedError: it is none.
    """
    text = visit.text(name)
    try:
        return date.fromisoformat(read_date(text)) if text else None
    except NotUnderstoodError as error:
        raise RefusedError(f"À corriger : {error.reason}.", name) from None


async def _list(visit: Visit) -> Response:
    wanted = {name: visit.asked(name) for name in ("nom", "sorte", "etat")}
    start = visit.place("depuis") or 0
    lines, more = await visit.read(
        directory.list_entries,
        visit.actor,
        words=wanted["nom"].strip(),
        subject=wanted["sorte"] if wanted["sorte"] in _SUBJECTS else "",
        status=wanted["etat"],
        start=start,
    )
    return visit.page(
        "directory.html",
        lines=lines,
        wanted=wanted,
        subjects=_SUBJECTS,
        statuses=_STATUSES,
        following=start + directory.PAGE if more else None,
    )


async def _show(visit: Visit) -> Response:
    entry = await visit.read(directory.open_entry, visit.actor, *_which(visit))
    may_edit, may_see = visit.actor.may(Role.EDITOR), visit.actor.may(Role.APPROVER)
    return visit.page("entry.html", entry=entry, may_edit=may_edit, may_see=may_see)


async def _do(visit: Visit) -> Response:
    subject, slug = _which(visit)
    deed = {
        "close": deeds.close,
        "reopen": deeds.reopen,
        "delete": deeds.delete,
        "restrict": deeds.restrict,
    }.get(visit.text("do"))
    if deed is None:
        raise RefusedError("Cette action n'existe pas.")
    with in_french():
        seen = Seen(subject, slug, visit.number("version"))
        await visit.write(deed, visit.actor, seen, visit.now)
    if deed is deeds.delete:
        return visit.go("/corbeille", "Supprimée. Elle peut être reprise pendant 30 jours.")
    return visit.go(f"/annuaire/{subject}/{slug}", "C'est fait.")


async def _form(visit: Visit) -> Response:
    entry, fields = await visit.read(directory.form_of, visit.actor, *_which(visit))
    return _edit_page(visit, entry, EditForm(fields, _values(fields), entry.version))


async def _propose(visit: Visit) -> Response:
    subject, slug = _which(visit)
    entry, fields = await visit.read(directory.form_of, visit.actor, subject, slug)
    before = opened(visit, _values(fields))
    sent = visit.typed(_values(fields))
    sent |= {one.name: _ticked(visit, one) for one in fields if one.several and one.name in sent}
    try:
        for name in sent:
            visit.text(name, _LONGEST)
        new = NewEdit(
            subject,
            slug,
            visit.number("version"),
            sent,
            read_day(visit, "confirmed_on"),
            publishes=visit.text("publishes") == "oui",
        )
        with in_french():
            await visit.write(propose, visit.actor, new, visit.now)
    except ChangedMeanwhileError as error:
        # Once more: somebody may have saved after the fields were read.
        entry, fields = await visit.read(directory.form_of, visit.actor, subject, slug)
        found = reconcile(before, sent, _values(fields))
        names = await visit.read(names_in, found.cells)
        found = found.worded(lambda name, cell: names.content(subject, name, cell))
        form = EditForm(_with(fields, found.fields), _values(fields), entry.version, found)
        return _edit_page(visit, entry, form, error)
    except RefusedError as error:
        # What was typed stays, and so does the version it was typed over.
        form = EditForm(_with(fields, sent), before, visit.text("version", 20))
        return _edit_page(visit, entry, form, error)
    said = "Proposition enregistrée. Une autre personne la valide."
    return visit.go(f"/annuaire/{subject}/{slug}", said)


def _ticked(visit: Visit, one: FormField) -> str:
    """Return what is ticked of a field; the same boxes in another order are no change."""
    ticked = [each for each in visit.several(one.name) if each]
    return one.value if set(ticked) == set(filter(None, one.chosen)) else "|".join(ticked)


@dataclass(frozen=True, slots=True)
class EditForm:
    """The form of an entry.

    Attributes:
        fields: what stands in it.
        before: what stood in it when it was opened.
        version: of the entry it was opened for.
        reconciled: where somebody else saved meanwhile.
    """

    fields: Sequence[FormField]
    before: Mapping[str, str]
    version: int | str
    reconciled: Reconciled | None = None


def _values(fields: Sequence[FormField]) -> dict[str, str]:
    return {one.name: one.value for one in fields}


def _with(fields: Sequence[FormField], values: Mapping[str, str]) -> list[FormField]:
    return [replace(one, value=values.get(one.name, one.value)) for one in fields]


def _edit_page(
    visit: Visit, entry: EntryPage, form: EditForm, mistake: RefusedError | None = None
) -> Response:
    return visit.page(
        "entry_form.html",
        mistake=mistake,
        entry=entry,
        fields=form.fields,
        labels={one.name: one.label for one in form.fields},
        before=form.before,
        version=form.version,
        reconciled=form.reconciled,
        confirmed_on=visit.text("confirmed_on"),
        publishes=visit.text("publishes") == "oui",
        is_draft=entry.status is Status.DRAFT,
    )


async def _provider_link(visit: Visit) -> Response:
    slug = str(visit.path("slug"))
    links = ProviderLinks(visit.console.keyring)
    with in_french():
        token = await visit.write(links.make, visit.actor, slug, visit.now)
    path = PROVIDER_PAGE.replace("{token}", token)
    return visit.page(
        "provider_link.html",
        slug=slug,
        link=str(visit.request.url.replace(path=path, query="")),
        days=LINK_LIVES.days,
    )


async def _bin(visit: Visit) -> Response:
    found = await visit.read(directory.in_the_bin, visit.actor, visit.now)
    return visit.page("bin.html", found=found)


async def _restore(visit: Visit) -> Response:
    subject, slug = visit.text("subject"), visit.text("slug")
    if subject not in _SUBJECTS:
        raise RefusedError("Cette fiche n'existe pas.")
    with in_french():
        await visit.write(deeds.restore, visit.actor, subject, slug, visit.now)
    return visit.go(f"/annuaire/{subject}/{slug}", "Reprise, comme avant.")


def _which(visit: Visit) -> tuple[str, str]:
    return str(visit.path("subject")), str(visit.path("slug"))


PAGES = (
    Page(path="/annuaire", show=_list, role=Role.READER, menu="Annuaire"),
    Page(path="/annuaire/service/{slug}/lien", act=_provider_link, role=Role.EDITOR),
    Page(path="/annuaire/{subject}/{slug}", show=_show, role=Role.READER),
    Page(path="/annuaire/{subject}/{slug}/faire", act=_do, role=Role.EDITOR),
    Page(path="/annuaire/{subject}/{slug}/modifier", show=_form, act=_propose, role=Role.EDITOR),
    Page(path="/corbeille", show=_bin, act=_restore, role=Role.EDITOR),
)
