"""Files to fill in: a workbook or a CSV table, with French headings, lists of choices and help."""

import csv
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from referral_directory.import_models import UNDO_WITHIN
from referral_directory.labels import COLUMN_LABELS, KIND_LABELS, SINGULAR_LABELS, VALUE_LABELS
from referral_directory.refusals import word_list
from referral_directory.tables import KINDS, LARGEST_BYTES, MOST_ROWS, REMOVAL_COLUMN
from referral_directory.vocabulary import Need

INSTRUCTIONS = tuple(
    " ".join(paragraph.split())
    for paragraph in f"""
Une ligne par fiche. Remplissez d'abord les organisations, puis les services, puis les numéros.

L'identifiant ne change jamais : lettres sans accent, chiffres et traits d'union, comme
« ecoute-mopti ». Un identifiant connu modifie la fiche, un nouveau l'ajoute.

Une fiche qui n'est pas dans le fichier reste comme elle est. Pour la fermer, écrivez « supprimer »
dans la colonne « action ».

Une cellule vide veut dire « rien ». Plusieurs valeurs dans une cellule : séparez-les par une barre,
comme « Droit | Soins ».

Dates : 27/11/2026. Horaires : lun-ven 08:00-17:00; sam 08:00-12:00. Numéros : huit chiffres, ou un
numéro court.

Lieux et zones : le nom d'une ville ou d'un cercle, ou son identifiant ; « mali » pour tout le pays.

Lieux protégés (refuges) : jamais d'adresse, de lieu, de coordonnées, d'horaires ni de numéro dans
un fichier. Écrivez « oui » dans « lieu protégé » et la région dans « zones couvertes ».

Dites toujours d'où vient l'information (« source ») : un appel, un document, une date.

Une fiche qui arrive par un fichier n'est pas confirmée : une personne appelle, puis la confirme.

Au plus {MOST_ROWS} lignes et {LARGEST_BYTES // 1_000_000} Mo par fichier. Ne fusionnez pas de
cellules, n'ajoutez pas de colonnes. En CSV : « CSV UTF-8 ».

Avant d'écrire, l'importation montre ce qui change et ce qui est refusé ; elle peut être annulée
pendant {UNDO_WITHIN.days} jours.
""".strip().split("\n\n")
)
"""How to fill in a file, a paragraph each."""

_LEFT_OUT = frozenset({"assured_date", "verified_by", "fact_row", "position"})
"""What no file should carry: confirmations come from people, the rest is ours."""

_HELP: Mapping[str, str] = {
    "slug": "ne change jamais ; lettres sans accent, chiffres, traits d'union",
    "organization": "l'identifiant de l'organisation",
    "service": "l'identifiant du service ; vide pour un numéro de toute l'organisation",
    "needs": "une ou plusieurs valeurs de la liste, séparées par |",
    "place": "ville ou cercle où le service est donné",
    "areas": "cercles ou régions où il sert aussi, séparés par | ; mali pour tout le pays",
    "hours": "lun-ven 08:00-17:00; sam 08:00-12:00",
    "languages": "codes séparés par | : fr, bm, ff, snk, ses, taq",
    "accessibility": "ramp, toilet, sign_language, large_print, home_visits, breastfeeding, "
    "childcare, transport",
    "restricted": "oui pour un refuge : son lieu n'entre dans aucun fichier",
    "latitude": "en degrés, comme 14,5",
    "longitude": "en degrés, comme -4,1",
    "number": "huit chiffres, ou un numéro court",
    "type": "voice, text, fax",
    "clinical_known_on": "27/11/2026",
    "source": "d'où vient l'information : un appel, un document",
    "source_date": "quand",
    "note": "pour l'équipe ; n'est jamais montrée",
    REMOVAL_COLUMN: "supprimer : ferme la fiche ; sinon vide",
}
_YES_NO = ("oui", "non")
_FLAGS = frozenset({"restricted", "is_free", "is_emergency"})
_WIDEST, _ROWS = 34, 2_000


def columns_of(kind: str) -> list[str]:
    """Return the columns of a template for a kind of entry."""
    fields = [name for name in KINDS[kind].model_fields if name not in _LEFT_OUT]
    # What must be filled in comes first.
    return [*sorted(fields, key=lambda name: not is_required(kind, name)), REMOVAL_COLUMN]


def is_required(kind: str, column: str) -> bool:
    """Tell whether a column must be filled in for a new entry."""
    field = KINDS[kind].model_fields.get(column)
    return field is not None and field.is_required()


def write_template(path: Path) -> None:
    """Write an empty file to fill in: a workbook, or a CSV table where the name says so."""
    if path.suffix.lower() == ".csv":
        _write_csv(path)
    else:
        _write_xlsx(path)


def _write_csv(path: Path) -> None:
    every = dict.fromkeys(name for kind in KINDS for name in columns_of(kind))
    kinds = ", ".join(SINGULAR_LABELS.values())
    with path.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
        writer.writerow(COLUMN_LABELS[name] for name in ("record", *every))
        writer.writerow([f"# fiche : {kinds}. Les lignes qui commencent par # ne comptent pas."])
        writer.writerows([f"# {line}"] for line in INSTRUCTIONS)
        for name in every:
            choices = _choices_anywhere(name)
            said = " ; ".join(filter(None, (_HELP.get(name, ""), choices)))
            if said:
                writer.writerow([f"# {COLUMN_LABELS[name]} : {said}"])


def _choices_anywhere(column: str) -> str:
    found = {choice: None for kind in KINDS for choice in choices_of(kind, column)}
    return " / ".join(found)


def choices_of(kind: str, column: str) -> tuple[str, ...]:
    """Return what may stand in a column, in French; nothing where it is free."""
    if column == REMOVAL_COLUMN:
        return ("supprimer",)
    field = KINDS[kind].model_fields.get(column)
    if field is None:
        return ()
    if column in _FLAGS:
        return _YES_NO
    words: type[StrEnum] | None = word_list(field.annotation)
    return tuple(VALUE_LABELS[words].values()) if words is not None else ()


def _write_xlsx(path: Path) -> None:
    from openpyxl import Workbook  # noqa: PLC0415  # ten megabytes that the bot never needs

    book = Workbook()
    _write_instructions(book.active)
    lists = book.create_sheet("Listes")
    ranges = dict(_write_lists(lists))
    for kind, title in KIND_LABELS.items():
        _write_sheet(book.create_sheet(title), kind, ranges)
    lists.sheet_state = "hidden"
    book.save(path)


def _write_instructions(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415  # as above

    sheet.title = "Mode d'emploi"
    sheet.column_dimensions["A"].width = 100
    sheet.append(["Comment remplir ce fichier"])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in INSTRUCTIONS:
        sheet.append([line])
    for row in sheet.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")


def _write_lists(sheet: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Write each list of choices into a column; yield it with where it stands."""
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  # as above

    lists = dict.fromkeys(
        choices
        for kind in KINDS
        for name in columns_of(kind)
        if (choices := choices_of(kind, name))
    )
    for number, choices in enumerate(lists, start=1):
        letter = get_column_letter(number)
        for row, choice in enumerate(choices, start=1):
            sheet.cell(row, number, choice)
        yield choices, f"Listes!${letter}$1:${letter}${len(choices)}"


def _write_sheet(sheet: Any, kind: str, ranges: Mapping[tuple[str, ...], str]) -> None:
    from openpyxl.comments import Comment  # noqa: PLC0415  # as above
    from openpyxl.styles import Font, PatternFill  # noqa: PLC0415  # as above
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  # as above
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415  # as above

    must = PatternFill("solid", start_color="FFE2B8")
    for number, name in enumerate(columns_of(kind), start=1):
        letter = get_column_letter(number)
        heading = sheet.cell(1, number, COLUMN_LABELS[name])
        heading.font = Font(bold=True)
        if is_required(kind, name):
            heading.fill = must
        if name in _HELP:
            heading.comment = Comment(_HELP[name], "Jigi", width=320, height=90)
        dimension = sheet.column_dimensions[letter]
        dimension.width = min(_WIDEST, max(14, len(COLUMN_LABELS[name]) + 3))
        # Kept as text: a spreadsheet would turn numbers and dates into its own.
        dimension.number_format = "@"
        choices = choices_of(kind, name)
        if choices:
            # Several needs may stand in one cell: there the list only helps.
            strict = choices != tuple(VALUE_LABELS[Need].values())
            validation = DataValidation(
                "list", formula1=ranges[choices], allow_blank=True, showErrorMessage=strict
            )
            sheet.add_data_validation(validation)
            validation.add(f"{letter}2:{letter}{_ROWS}")
    sheet.freeze_panes = "B2"
