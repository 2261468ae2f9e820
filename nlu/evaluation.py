"""Scores the model on sentences whose intent is known, and shows where it goes wrong."""

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from nlu.archive import ModelArchive
from nlu.crisis_lexicon import CrisisLexicon
from nlu.reader import readable

type Rank = Callable[[str], str]

# The contract's groups, for the report alone; the bot has its own table of destinations.
GROUPS = {
    "crisis": ("emergency", "suicidal_thoughts"),
    "disclosure": (
        "report_sexual_violence", "report_domestic_violence", "report_harmful_practice",
        "help_someone_else",
    ),
    "service": (
        "find_service", "find_medical_care", "find_psychosocial_support", "find_legal_help",
        "find_shelter", "find_police", "find_economic_support",
    ),
    "information": (
        "ask_violence_types", "ask_stigma", "ask_survivor_rights", "ask_confidentiality",
    ),
    "guidance": (
        "ask_resolution_1325", "ask_quota_law", "ask_peace_process", "ask_gender_unit",
        "request_training",
    ),
    "event": ("register_event", "ask_event", "manage_registration"),
    "conversation": (
        "greet", "thank", "goodbye", "affirm", "deny", "show_menu", "change_language",
        "erase_conversation", "talk_to_human", "ask_bot_identity", "out_of_scope",
    ),
}  # fmt: skip
_GROUP_OF = {name: group for group, names in GROUPS.items() for name in names}
_CELL = 14
_MARGIN = 190


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence with what it means; language and style may be empty."""

    text: str
    intent: str
    language: str = ""
    style: str = ""


@dataclass(slots=True)
class Report:
    """How many sentences of each kind were right, and which intents were taken for which.

    Attributes:
        right: per kind (for instance `language fr`) how many were understood.
        all: per kind how many there were.
        confusions: (meant, understood) for every sentence, right ones included.
    """

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def accuracy(self, kind: str = "all") -> float:
        """The share understood of one kind, 0 to 1."""
        return self.right[kind] / self.all[kind] if self.all[kind] else 0.0

    def as_text(self) -> str:
        """The report as a person reads it; no sentence stands in it."""
        lines = [
            f"{kind:42} {self.right[kind]:5} of {count:5}  {self.accuracy(kind):7.1%}"
            for kind, count in self.all.items()
        ]
        wrong = [
            (pair, count) for pair, count in self.confusions.most_common() if pair[0] != pair[1]
        ]
        lines += ["", "Taken for another:"]
        lines += [f"{count:5}  {meant} -> {taken}" for (meant, taken), count in wrong[:40]]
        return "\n".join(lines)

    def as_picture(self) -> str:
        """The confusion matrix as SVG: rows are what was meant, columns what was understood."""
        names = sorted({name for pair in self.confusions for name in pair}, key=_order)
        place = {name: number for number, name in enumerate(names)}
        totals = Counter[str]()
        for (meant, _), count in self.confusions.items():
            totals[meant] += count
        parts = [_label(name, number) for name, number in place.items()]
        parts += [
            _cell(place[meant], place[taken], count / totals[meant], f"{meant} → {taken}: {count}")
            for (meant, taken), count in self.confusions.items()
        ]
        size = _MARGIN + _CELL * len(names) + 10
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" '
            f'font-family="sans-serif" font-size="10">{"".join(parts)}</svg>\n'
        )


def evaluate(rows: Iterable[Row], understand: Rank) -> Report:
    """Ask `understand` for the intent of every row and count.

    Args:
        rows: sentences with their intent.
        understand: text to the name of its intent.
    """
    rows = list(rows)
    guesses = [understand(row.text) for row in rows]
    report = Report()
    for kind_of in (_all, _language, _group, _style, _intent):
        kinds = sorted({kind_of(row) for row in rows} - {""})
        report.all.update(dict.fromkeys(kinds, 0))
        for row, guess in zip(rows, guesses, strict=True):
            if kind_of(row):
                report.all[kind_of(row)] += 1
                report.right[kind_of(row)] += guess == row.intent
    report.confusions.update((row.intent, guess) for row, guess in zip(rows, guesses, strict=True))
    return report


def read_rows(path: Path) -> list[Row]:
    """Read a TSV file with the columns text and intent, and language and style where it has them.

    Raises:
        ValueError: the file lacks the column text or intent.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        if not {"text", "intent"} <= set(reader.fieldnames or ()):
            raise ValueError(f"{path.name} has no columns text and intent")
        return [
            Row(row["text"], row["intent"], row.get("language") or "", row.get("style") or "")
            for row in reader
        ]


def evaluate_file(path: Path) -> str:
    """Score the committed model and the lexicon on a TSV file; the picture is written beside it.

    Returns:
        Accuracies, confusions and what the lexicon found, as text.
    """
    archive, lexicon = ModelArchive.read(), CrisisLexicon.load()
    rows = read_rows(path)
    report = evaluate(rows, lambda text: archive.understand(readable(text))[0].name)
    picture = path.with_suffix(".svg")
    picture.write_text(report.as_picture(), encoding="utf-8")
    crises = [row for row in rows if row.intent in GROUPS["crisis"]]
    others = [row for row in rows if row.intent not in GROUPS["crisis"]]
    found = sum(lexicon.match(readable(row.text)) is not None for row in crises)
    false = sum(lexicon.match(readable(row.text)) is not None for row in others)
    return (
        f"{report.as_text()}\n\nCrisis lexicon alone: {found} of {len(crises)} crises found, "
        f"{false} false alarms on {len(others)} others.\nConfusion matrix: {picture}"
    )


def _all(_: Row) -> str:
    return "all"


def _language(row: Row) -> str:
    return row.language and f"language {row.language}"


def _group(row: Row) -> str:
    return f"group {_GROUP_OF.get(row.intent, 'unknown')}"


def _style(row: Row) -> str:
    return row.style and f"style {row.language} {row.style}"


def _intent(row: Row) -> str:
    return f"intent {row.intent}"


def _order(name: str) -> tuple[int, str]:
    names = list(_GROUP_OF)
    return (names.index(name) if name in _GROUP_OF else len(names), name)


def _label(name: str, number: int) -> str:
    along = _MARGIN + number * _CELL
    return (
        f'<text x="{_MARGIN - 6}" y="{along + 11}" text-anchor="end">{escape(name)}</text>'
        f'<text transform="translate({along + 11} {_MARGIN - 6}) rotate(-90)">{escape(name)}</text>'
    )


def _cell(row: int, column: int, share: float, title: str) -> str:
    color = "#1b7f4d" if row == column else "#c0392b"
    return (
        f'<rect x="{_MARGIN + column * _CELL}" y="{_MARGIN + row * _CELL}" width="{_CELL - 1}" '
        f'height="{_CELL - 1}" fill="{color}" fill-opacity="{0.15 + 0.85 * share:.2f}">'
        f"<title>{escape(title)}</title></rect>"
    )
