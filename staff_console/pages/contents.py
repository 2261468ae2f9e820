"""Content review: articles and Bambara texts, read and signed by name and day."""

import asyncio

from starlette.responses import Response

from guidance.reviews import last_reader, read_signed, restore, sign, withdraw, withdrawn
from guidance.signatures import Kind, Signature
from staff_console.contents import (
    PAGE,
    STATES,
    Sheet,
    Wanted,
    counts_of,
    find_sheet,
    in_sentences,
    next_after,
    sheets_of,
)
from staff_console.errors import RefusedError
from staff_console.pages.directory import read_day
from staff_console.visit import Page, Visit
from storage.actors import LONGEST_NAME, Role

_PATH = "/contenus"


async def _sheets(visit: Visit) -> list[Sheet]:
    contents = await asyncio.to_thread(visit.console.contents)
    signed = await visit.read(read_signed)
    return sheets_of(contents, signed, visit.now.date())


async def _list(visit: Visit) -> Response:
    wanted = Wanted(visit.asked("mot").strip(), visit.asked("quoi"), visit.asked("etat"))
    start = visit.place("depuis") or 0
    sheets = await _sheets(visit)
    found = [each for each in sheets if wanted.fits(each)]
    return visit.page(
        "contents.html",
        sheets=found[start : start + PAGE],
        number=len(found),
        start=start,
        size=PAGE,
        wanted=wanted,
        counts=counts_of(sheets),
        kinds=tuple(Kind),
        states=STATES,
    )


async def _show(visit: Visit) -> Response:
    return await _sheet_page(visit, *_which(visit))


async def _act(visit: Visit) -> Response:
    kind, key = _which(visit)
    sheets = await _sheets(visit)
    sheet = find_sheet(sheets, kind, key)
    which = sheet.content.which
    if visit.text("do") == "withdraw":
        with in_sentences():
            await visit.write(withdraw, visit.actor, which, visit.now)
        return visit.go(sheet.path, "Signature retirée. Elle peut être reprise pendant 30 jours.")
    if visit.text("do") == "restore":
        with in_sentences():
            await visit.write(restore, visit.actor, sheet.content, visit.now)
        return visit.go(sheet.path, "Signature reprise.")
    typed = {name: visit.text(name) for name in ("reviewed_by", "reviewed_on", "valid_until")}
    try:
        signature = _signature(visit)
        with in_sentences():
            await visit.write(
                sign,
                visit.actor,
                sheet.content,
                digest=visit.text("digest"),
                signature=signature,
                now=visit.now,
            )
    except RefusedError as error:
        return await _sheet_page(visit, kind, key, refused=error, typed=typed)
    following = next_after(sheets, sheet)
    said = f"« {sheet.content.title} » est signé."
    return visit.go(following.path if following is not None else _PATH, said)


def _signature(visit: Visit) -> Signature:
    on = read_day(visit, "reviewed_on")
    if on is None:
        raise RefusedError("La date de lecture manque.", "reviewed_on")
    until = read_day(visit, "valid_until")
    return Signature(visit.text("reviewed_by", LONGEST_NAME), on, until)


async def _sheet_page(
    visit: Visit,
    kind: str,
    key: str,
    *,
    refused: RefusedError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    sheets = await _sheets(visit)
    sheet = find_sheet(sheets, kind, key)
    name = await visit.read(last_reader, visit.actor)
    former = await visit.read(withdrawn, sheet.content, visit.now)
    today, ends = visit.now.date().isoformat(), sheet.content.ends
    fresh = {"reviewed_by": name, "reviewed_on": today, "valid_until": ends or ""}
    return visit.page(
        "content.html",
        mistake=refused,
        sheet=sheet,
        following=next_after(sheets, sheet),
        former=former,
        typed=typed or fresh,
        may_sign=visit.actor.may(Role.APPROVER),
    )


def _which(visit: Visit) -> tuple[str, str]:
    return str(visit.path("kind")), str(visit.path("key"))


PAGES = (
    Page(path=_PATH, show=_list, role=Role.READER, menu="Contenus"),
    Page(path=_PATH + "/{kind}/{key}", show=_show, role=Role.READER),
    Page(path=_PATH + "/{kind}/{key}/signer", act=_act, role=Role.APPROVER),
)
