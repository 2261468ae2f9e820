"""The import wizard: send a file, look at what it would change, write it, undo it; exports."""

from starlette.datastructures import UploadFile
from starlette.responses import Response

from referral_directory.exchange import FileFormat
from staff_console import exchanging
from staff_console.errors import RefusedError
from staff_console.visit import Page, Visit
from storage.actors import Role

MOST_LINES = 200
_FORMS: dict[str, tuple[FileFormat, str, str]] = {
    "csv": ("csv", "text/csv; charset=utf-8", "annuaire.csv"),
    "xlsx": (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "annuaire.xlsx",
    ),
    "hsds": ("hsds", "application/json", "annuaire.json"),
}


async def _show(visit: Visit) -> Response:
    return await _start(visit, "")


async def _start(visit: Visit, problem: str) -> Response:
    past = await visit.read(exchanging.imports, visit.actor, visit.now)
    return visit.page(
        "import.html",
        422 if problem else 200,
        past=past,
        forms=list(_FORMS),
        problem=problem,
        may_write=visit.actor.may(Role.APPROVER),
    )


async def _look(visit: Visit) -> Response:
    sent = visit.form.get("file")
    try:
        if not isinstance(sent, UploadFile):
            return await _start(visit, "Choisissez un fichier.")
        upload = visit.console.uploads.keep(
            visit.account.email, sent.filename or "", await sent.read(), visit.now
        )
        report = await visit.read(exchanging.preview, visit.actor, upload, visit.now)
    except RefusedError as error:
        return await _start(visit, error.sentence)
    return visit.page(
        "import_preview.html",
        upload=upload,
        report=report,
        changes=report.changes[:MOST_LINES],
        problems=report.problems[:MOST_LINES],
        may_write=visit.actor.may(Role.APPROVER),
    )


async def _write(visit: Visit) -> Response:
    uploads = visit.console.uploads
    upload = uploads.find(visit.account.email, visit.text("token"), visit.now)
    report = await visit.write(
        exchanging.write,
        visit.actor,
        upload,
        partial=visit.text("partial") == "oui",
        seen=visit.text("seen"),
        now=visit.now,
    )
    uploads.drop(upload.token)
    said = (
        f"Écrit : {report.added} ajoutées, {report.changed} modifiées, {report.removed} fermées."
        " L'import peut être annulé en entier."
    )
    return visit.go("/import", said)


async def _undo(visit: Visit) -> Response:
    undone = await visit.write(exchanging.undo, visit.actor, visit.number("number"), visit.now)
    kept = ""
    if undone.still_guarded:
        kept = f" {len(undone.still_guarded)} services restent confidentiels : relisez-les."
    said = f"Annulé : {undone.removed} retirées, {undone.restored} remises comme avant.{kept}"
    return visit.go("/import", said)


async def _export(visit: Visit) -> Response:
    form, media, name = _FORMS.get(visit.text("form"), _FORMS["csv"])
    reason = visit.text("reason", exchanging.LONGEST_REASON)
    content = await visit.write(exchanging.export, visit.actor, form, reason, visit.now)
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
    Page(path="/export", act=_export, role=Role.EDITOR),
)
