"""`jigi directory` template, gaps, quality and print: what staff look at and hand out."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cyclopts import App
from sqlalchemy.orm import Session

from bot import bootstrap
from bot.conversation.rendering import Renderer
from bot.i18n.catalogue import load_catalogue
from bot.settings import Settings, SettingsError
from referral_directory.gap_map import draw_png, draw_svg
from referral_directory.gaps import Gaps, find_gaps
from referral_directory.hours import BAMAKO
from referral_directory.labels import label_of
from referral_directory.printed import PrintedDirectory, UnknownRegionError, collect
from referral_directory.provider_links import LinkToSend, ProviderLinks
from referral_directory.quality import FINDING_LABELS, Finding, Flaw, find_flaws
from referral_directory.reports import missing
from referral_directory.tables import harmless, harmless_inside
from referral_directory.templates import write_template
from referral_directory.vocabulary import Need
from storage.actors import Actor, Role

_READER = Actor("command line", frozenset({Role.READER}))
_CLERK = Actor("command line", frozenset({Role.EDITOR}))
_MOST_LINES = 200


def template(file: Path) -> None:
    """Write an empty table to fill in, with instructions in French.

    Args:
        file: where to; .xlsx, or .csv.
    """
    if file.suffix.lower() not in {".xlsx", ".csv"}:
        raise SettingsError("The file's name must end in .xlsx or .csv.")
    write_template(file)
    print(f"{file} is ready to be filled in.")


def print_gaps(gaps: Gaps) -> None:
    """Print the table of gaps, and what was asked for."""
    width = max(len(row.name) for row in gaps.rows) + 2
    print("1 a verified service here, r for the whole region, . none")
    print(" " * width + " ".join(f"{need:>16}" for need in Need))
    region = ""
    for row in gaps.rows:
        if row.region != region:
            region = row.region
            print(row.region_name)
        signs = {"here": "1", "region": "r", "none": "."}
        cells = " ".join(f"{signs[row.covers[need]]:>16}" for need in Need)
        print(f"{row.name:<{width}}{cells}")
    print("nothing in".ljust(width) + " ".join(f"{gaps.missing(need):>16}" for need in Need))
    for one in gaps.asked:
        found = "" if one.is_found else ", and not found"
        print(f"asked for in {one.region}: {one.need} {one.shown}{found}")
    for (need, place), count in sorted(gaps.missed.items()):
        print(f"said to be missing in {place}: {need} {count}")


def draw(gaps: Gaps, file: Path, need: Need | None) -> None:
    """Write the map of gaps to a file."""
    day = f"{bootstrap.SystemClock().now().astimezone(BAMAKO):%d/%m/%Y}"
    needs = (need,) if need is not None else tuple(Need)
    if file.suffix.lower() == ".svg":
        file.write_text(draw_svg(gaps, day, needs), encoding="utf-8")
    elif file.suffix.lower() == ".png":
        file.write_bytes(draw_png(gaps, day, needs))
    else:
        raise SettingsError("The map's name must end in .svg or .png.")
    print(f"The map is in {file}.")


def read_gaps(session: Session) -> Gaps:
    """Return the gaps of the directory."""
    now = bootstrap.SystemClock().now()
    return find_gaps(session, now, missing(session.connection(), _READER, now))


def print_quality(flaws: list[Flaw], kind: Finding | None) -> None:
    """Print what needs a person's eye, and how much there is of each kind."""
    chosen = [flaw for flaw in flaws if kind in {None, flaw.finding}]
    for flaw in chosen[:_MOST_LINES]:
        others = f" = {', '.join(flaw.others)}" if flaw.others else ""
        detail = f" ({flaw.detail})" if flaw.detail else ""
        words = FINDING_LABELS[flaw.finding]
        print(f"{flaw.subject} {flaw.slug}{others}: {words}{detail} [{label_of(flaw.field)}]")
    if len(chosen) > _MOST_LINES:
        print(f"… and {len(chosen) - _MOST_LINES} more")
    for finding in Finding:
        count = sum(flaw.finding is finding for flaw in flaws)
        print(f"{finding}: {count}")


def read_region(session: Session, region: str) -> PrintedDirectory:
    """Return what is printed of a region.

    Raises:
        SettingsError: there is no such region.
    """
    try:
        return collect(session, region.lower(), bootstrap.SystemClock().now())
    except UnknownRegionError as error:
        raise SettingsError(f"There is no region {error.region}.") from None


def write_print(directory: PrintedDirectory, file: Path) -> None:
    """Write a region's directory as a PDF."""
    from bot.adapters.printed_directory import sheet_of  # noqa: PLC0415  # a PDF library, rarely
    from referral_directory.directory_paper import print_directory  # noqa: PLC0415  # likewise

    settings = Settings.read()
    renderer = Renderer(load_catalogue(bootstrap.LOCALES), {})
    sheet = sheet_of(directory, renderer, settings.telegram_name)
    file.write_bytes(print_directory(sheet))
    print(f"{len(directory.services)} services and {len(directory.emergency)} emergency numbers")
    if not sheet.address:
        print("Without JIGI_TELEGRAM_NAME there is no code to scan.")


def cells_of_links(links: Iterable[LinkToSend]) -> Iterator[list[str]]:
    """Yield the rows of the table of links, its headings first; no cell of it is a formula."""
    yield ["service", "organisation", "adresse", "confirmée le", "lien"]
    for link in links:
        day = f"{link.last_confirmed:%d/%m/%Y}"
        cells = (link.name, link.organization, link.email or "", day)
        yield [
            *(harmless_inside(harmless(cell)) for cell in cells),
            f"/prestataire/{link.token}",
        ]


def write_provider_links(session: Session, file: Path) -> int:
    """Write the links of all entries that are due or soon will be; return how many."""
    now = bootstrap.SystemClock().now()
    links = ProviderLinks(bootstrap.keyring(Settings.read()))
    rows = links.make_due(session, _CLERK, now)
    file.touch(mode=0o600)
    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        csv.writer(lines).writerows(cells_of_links(rows))
    return len(rows)


def register(app: App, in_transaction: Any) -> None:
    """Add the commands to `jigi directory`."""
    app.command(template)

    @app.command(name="provider-links")
    def provider_links(file: Path) -> None:
        """Write links for the providers of entries that are due or soon will be, as CSV.

        Each stands under the console's address and lasts two weeks. Send them by hand; none is for
        a restricted service.

        Args:
            file: where to.
        """
        print(f"{in_transaction(write_provider_links, file)} links are in {file}.")

    @app.command
    def gaps(*, map: Path | None = None, need: Need | None = None) -> None:  # noqa: A002  # the option's name
        """Show where no verified service is, cercle by cercle, and what was asked for.

        Args:
            map: draw it, as .svg or .png.
            need: of this need alone.
        """
        found = in_transaction(read_gaps)
        print_gaps(found)
        if map is not None:
            draw(found, map, need)

    @app.command
    def quality(*, kind: Finding | None = None) -> None:
        """List doubles, impossible numbers, hours to look at and missing names.

        Args:
            kind: only these.
        """
        print_quality(in_transaction(find_flaws), kind)

    @app.command(name="print")
    def print_(region: str, file: Path) -> None:
        """Write a region's verified entries as a PDF in large letters, in both languages.

        Args:
            region: its id, such as mopti.
            file: where to.
        """
        write_print(in_transaction(read_region, region), file)
