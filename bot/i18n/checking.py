"""What is wrong with the catalogues: missing, stale, or with other placeholders than the French."""

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass

from babel.messages.catalog import Catalog

# The Bambara alphabet (decree 159/PG-RM of 19 July 1982) has no q, v, x; French names keep theirs.
_ODD_LETTERS = re.compile(r"[qxèòÈÒ]")
_NOT_WORDS = re.compile(r"\{[^}]*\}|\([^)]*\)|«[^»]*»")


@dataclass(frozen=True, slots=True)
class Status:
    """How far a catalogue is: numbers of texts."""

    total: int
    translated: int
    reviewed: int
    fuzzy: int

    @property
    def drafted(self) -> int:
        """Translated, but signed by no person yet."""
        return self.translated - self.reviewed


def status(catalog: Catalog, template: Catalog, signed: frozenset[tuple[str, str]]) -> Status:
    """Return how far `catalog` is, measured against the texts there are.

    Args:
        catalog: of one language.
        template: the texts there are.
        signed: context and French of those that a person has signed.
    """
    found = [catalog.get(str(each.id), context=each.context) for each in template if each.id]
    translated = [each for each in found if each is not None and each.string and not each.fuzzy]
    return Status(
        total=len(found),
        translated=len(translated),
        reviewed=sum((each.context, each.id) in signed for each in translated),
        fuzzy=sum(each is not None and each.fuzzy for each in found),
    )


def problems(catalog: Catalog, template: Catalog) -> Iterable[str]:
    """Yield a sentence for every text of `template` that `catalog` does not serve well."""
    for source in template:
        if not source.id:
            continue
        where = f"{source.context}: {str(source.id)[:40]!r}"
        translated = catalog.get(str(source.id), context=source.context)
        if translated is None or not translated.string:
            yield f"{where}: no translation"
            continue
        if translated.fuzzy:
            yield f"{where}: the French changed, the translation has not been looked at"
        words = str(translated.string)
        if _placeholders(words) != _placeholders(str(source.id)):
            yield f"{where}: other placeholders than the French"
        if _ODD_LETTERS.search(_NOT_WORDS.sub("", words)):
            yield f"{where}: letters that Bambara does not write"
        if str(source.id).count("\n") < words.count("\n"):
            yield f"{where}: more lines than the French"
    wanted = {(each.context, each.id) for each in template if each.id}
    for each in catalog:
        if each.id and (each.context, each.id) not in wanted:
            yield f"{each.context}: {str(each.id)[:40]!r}: nothing says this any more"


def _placeholders(text: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)
