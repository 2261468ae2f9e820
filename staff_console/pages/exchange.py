"""The import wizard: send a file, look at what it would change, write it, undo it; exports."""

import asyncio
from dataclasses import dataclass

from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse, Response

from referral_directory.exchange import FileFormat
from referral_directory.import_progress import Watch
from staff_console import exchanging
from staff_console.errors import RefusedError
from staff_console.exchanging import Preview
from staff_console.uploads import Upload
from staff_console.visit import Page, Visit
from staff_console.workshop import Work
from storage.actors import Role

PATIENCE = 1.0
"""Seconds for which the browser is let wait, before it is shown how far the work is."""

_WORK = "/import/travail/"
_FORMS: dict[str, tuple[FileFormat, str, str]] = {
    "csv": ("csv", "text/csv; charset=utf-8", "annuaire.csv"),
    "xlsx": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "annuaire.xlsx",
    ),
    "hsds": ("hsds", "application/json", "annuaire.json"),
}


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, and the page that shows it."""

    path: str
    said: str


async def _show(visit: Visit) -> Response:
    return await _start(visit, "")


async def _start(visit: Visit, problem: str, reason: str = "") -> Response:
    past = await visit.read(exchanging.imports, visit.actor, visit.now)
    return visit.page(
        "import.html",
        422 if problem else 200,
        past=past,
        forms=list(_FORMS),
        problem=problem,
        reason=reason,
    )


# -- looking, writing, undoing: work that takes a while ----------------------------------------


async def _look(visit: Visit) -> Response:
    sent = visit.form.get("file")
    if not isinstance(sent, UploadFile):
        return await _start(visit, "Choisissez un fichier.")
    try:
        upload = visit.console.uploads.keep(
            visit.account.email, sent.filename or "", await sent.read(), visit.now
        )
    except RefusedError as error:
        return await _start(visit, error.sentence)

    async def look(watch: Watch) -> Preview:
        workshop, actor, now = visit.console.workshop, visit.actor, visit.now
        prepared = await workshop.read(exchanging.prepare, actor, upload, now, watch.tell)
        report = prepared.report(import_id=None, written=False)
        names = await workshop.read(exchanging.names_of_preview, report)
        return exchanging.summed_up(upload, report, names)

    return await _begin(visit, f"Lecture de {upload.file_name}", look)


async def _write(visit: Visit) -> Response:
    upload = visit.console.uploads.find(visit.account.email, visit.text("token"), visit.now)
    partial, seen = visit.text("partial") == "oui", visit.text("seen")

    async def write(watch: Watch) -> Done:
        return await _written(visit, upload, watch, partial=partial, seen=seen)

    return await _begin(visit, f"Écriture de {upload.file_name}", write)


async def _written(visit: Visit, upload: Upload, watch: Watch, *, partial: bool, seen: str) -> Done:
    workshop = visit.console.workshop
    # Read and compared before the lock is taken: others save meanwhile, and it is noticed.
    prepared = await workshop.read(exchanging.prepare, visit.actor, upload, visit.now, watch.tell)
    report = await workshop.write(
        exchanging.write,
        visit.actor,
        upload,
        prepared,
        partial=partial,
        seen=seen,
        report=watch.tell,
    )
    visit.console.uploads.drop(upload.token)
    said = (
        f"Écrit : {report.added} ajoutées, {report.changed} modifiées, {report.removed} fermées."
        f"{_waiting(report.waiting)} L'import peut être annulé en entier."
    )
    return Done(f"/import/{report.import_id}" if report.import_id else "/import", said)


def _waiting(count: int) -> str:
    return f" Dont {count} à valider par une autre personne." if count else ""


async def _undo(visit: Visit) -> Response:
    number = visit.number("number")

    async def undo(_: Watch) -> Done:
        workshop = visit.console.workshop
        undone = await workshop.write(exchanging.undo, visit.actor, number, visit.now)
        kept = ""
        if undone.still_guarded:
            kept = f" {len(undone.still_guarded)} services restent confidentiels : relisez-les."
        said = f"Annulé : {undone.removed} retirées, {undone.restored} remises comme avant.{kept}"
        return Done(f"/import/{number}", said)

    return await _begin(visit, f"Annulation de l'import {number}", undo)


async def _begin(visit: Visit, title: str, job: exchanging.Job) -> Response:
    """Start something, and show what came of it, or how far it is."""
    work = visit.console.works.start(visit.account.email, title, job, visit.now)
    await asyncio.wait({work.task}, timeout=PATIENCE)
    path = _WORK + work.token
    if work.is_running:
        return visit.go(path)
    # A preview has an address of its own, which can be loaded again.
    return await _shown(visit, work, preview_at=path)


async def _wait(visit: Visit) -> Response:
    work = visit.console.works.find(visit.account.email, str(visit.path("token")))
    if work.is_running:
        return visit.page("working.html", work=work, progress=work.watch.latest)
    return await _shown(visit, work)


async def _shown(visit: Visit, work: Work, preview_at: str = "") -> Response:
    try:
        result = work.result()
    except RefusedError as error:
        return await _start(visit, error.sentence)
    if isinstance(result, Done):
        return visit.go(result.path, result.said)
    if preview_at:
        return visit.go(preview_at)
    may_write = visit.actor.may(Role.APPROVER)
    return visit.page("import_preview.html", report=result, may_write=may_write)


async def _how_far(visit: Visit) -> Response:
    work = visit.console.works.find(visit.account.email, str(visit.path("token")))
    latest = work.watch.latest
    return JSONResponse(
        {
            "running": work.is_running,
            "label": latest.label if latest is not None else "",
            "percent": latest.percent if latest is not None else None,
        }
    )


async def _show_one(visit: Visit) -> Response:
    start = visit.place("depuis") or 0
    seen = await visit.read(
        exchanging.one_import, visit.actor, visit.path("number"), visit.now, start
    )
    return visit.page(
        "import_one.html", seen=seen, one=seen.one, may_write=visit.actor.may(Role.APPROVER)
    )


# -- files that go out -------------------------------------------------------------------------


async def _export(visit: Visit) -> Response:
    form, media, name = _FORMS.get(visit.text("form"), _FORMS["csv"])
    reason = visit.text("reason", exchanging.LONGEST_REASON)
    workshop = visit.console.workshop
    try:
        content = await workshop.write(exchanging.export, visit.actor, form, reason, visit.now)
    except RefusedError as error:
        return await _start(visit, error.sentence, reason)
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


async def _template(_: Visit) -> Response:
    media = _FORMS["xlsx"][1]
    headers = {"content-disposition": 'attachment; filename="modele.xlsx"'}
    return Response(exchanging.template(), media_type=media, headers=headers)


PAGES = (
    Page(path="/import/modele.xlsx", show=_template, role=Role.EDITOR),
    Page(path="/import", show=_show, role=Role.EDITOR, menu="Import"),
    Page(path="/import/apercu", act=_look, role=Role.EDITOR, takes_files=True),
    Page(path="/import/ecrire", act=_write, role=Role.APPROVER),
    Page(path="/import/annuler", act=_undo, role=Role.APPROVER),
    Page(path="/import/travail/{token}", show=_wait, role=Role.EDITOR),
    Page(path="/import/travail/{token}/etat.json", show=_how_far, role=Role.EDITOR),
    Page(path="/import/{number:int}", show=_show_one, role=Role.EDITOR),
    Page(path="/export", act=_export, role=Role.EDITOR),
)
