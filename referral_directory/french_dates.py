"""Dates as people in Mali and their spreadsheets write them, and days that lie ahead."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from referral_directory.spelling import plain


class NotUnderstoodError(ValueError):
    """A cell that people must mend.

    Attributes:
        reason: What is wrong and what to write instead, in French.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("janvier", "janv", "jan"),
            ("fevrier", "fevr", "fev"),
            ("mars",),
            ("avril", "avr"),
            ("mai",),
            ("juin",),
            ("juillet", "juil"),
            ("aout",),
            ("septembre", "sept", "sep"),
            ("octobre", "oct"),
            ("novembre", "nov"),
            ("decembre", "dec"),
        ),
        start=1,
    )
    for name in names
}
_NUMERIC_DATE = re.compile(r"(\d{1,2})[ /.\-](\d{1,2})[ /.\-](\d{4})")
_SHORT_YEAR = re.compile(r"\d{1,2}[ /.\-]\d{1,2}[ /.\-]\d{2}")
_WRITTEN_DATE = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:er)? ([a-z]+) (\d{4})")
_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_FIRST_DAY = date(1899, 12, 30)  # of Excel, which takes 1900 for a leap year
_SERIALS = range(20_000, 80_000)  # the years 1954 to 2119: what else has five digits is no date
_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")
_NUMERIC_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})[/.\-](\d{4})")
_WRITTEN_MONTH = re.compile(r"([a-z]+) (\d{4})")
_FIRST_YEAR = 1900
_LAST_MONTH = 12

_NO_DATE = "date non comprise : écrivez-la comme 27/11/2026"
_NO_SOURCE_DATE = "date non comprise : écrivez-la comme 27/11/2026, mars 2026 ou 2026"
_NO_SUCH_DATE = "cette date n'existe pas"
_AHEAD = "cette date est dans l'avenir"
_IN_THE_PAST = ("assured_date", "clinical_known_on", "source_date")
"""Days on which something was said, seen or confirmed."""


def read_date(text: str) -> str:
    """Return a date as `2026-11-27`, from `27/11/2026`, `1er mars 2026`, Excel's `46353` and so on.

    Raises:
        NotUnderstoodError: When it is no date, or its year has two digits.
    """
    bare = text.strip()
    if found := _ISO_DATE.fullmatch(bare):
        return _day(*map(int, found[1].split("-")))
    if (found := _SERIAL.fullmatch(bare)) and int(found[1]) in _SERIALS:
        return (_FIRST_DAY + timedelta(days=int(found[1]))).isoformat()
    if _SHORT_YEAR.fullmatch(bare):
        raise NotUnderstoodError("écrivez l'année avec quatre chiffres, comme 27/11/2026")
    found = _NUMERIC_DATE.fullmatch(bare) or _WRITTEN_DATE.fullmatch(plain(bare))
    if found is None:
        raise NotUnderstoodError(_NO_DATE)
    month = int(found[2]) if found[2].isdigit() else _MONTHS.get(found[2], 0)
    return _day(int(found[3]), month, int(found[1]))


def read_source_date(text: str) -> str:
    """Return when a source says something: a day, a month `2026-03`, or years `2016-2018`.

    Raises:
        NotUnderstoodError: When it is none of these.
    """
    bare = text.strip()
    month = _month(bare)
    if month is not None:
        return month
    if found := _YEARS.fullmatch(bare):
        first, last = int(found[1]), int(found[2] or found[1])
        if not _FIRST_YEAR <= first <= last:
            raise NotUnderstoodError(_NO_SUCH_DATE)
        return bare
    try:
        return read_date(bare)
    except NotUnderstoodError as error:
        reason = _NO_SOURCE_DATE if error.reason == _NO_DATE else error.reason
        raise NotUnderstoodError(reason) from None


def as_day(value: Any) -> Any:
    """Return a cell as `read_date` reads it; what is no text stays as it is."""
    return read_date(value) if isinstance(value, str) and value.strip() else value


def as_source_date(value: Any) -> Any:
    """Return a cell as `read_source_date` reads it; what is no text stays as it is."""
    return read_source_date(value) if isinstance(value, str) and value.strip() else value


def ahead(entry: Mapping[str, Any], today: date) -> Iterator[tuple[str, str]]:
    """Yield the columns of an entry whose day lies ahead though it says what was, with the reason.

    Args:
        entry: Its contents, as records hold them.
        today: In Bamako.
    """
    for column in _IN_THE_PAST:
        value = entry.get(column)
        if isinstance(value, date):
            is_ahead = value > today
        else:
            # A month or a year begins with its first day, and sorts so.
            first = str(value or "")[:10] if not _YEARS.fullmatch(str(value)) else str(value)[-4:]
            is_ahead = first > today.isoformat()[: len(first)]
        if is_ahead:
            yield column, _AHEAD


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise NotUnderstoodError(_NO_SUCH_DATE) from None


def _month(bare: str) -> str | None:
    """Return a month of a year; None where the text is something else."""
    if found := _NUMERIC_MONTH.fullmatch(bare):
        year, month = (found[1], found[2]) if found[1] else (found[4], found[3])
        number = int(month)
    elif (found := _WRITTEN_MONTH.fullmatch(plain(bare))) and found[1] in _MONTHS:
        year, number = found[2], _MONTHS[found[1]]
    else:
        return None
    if not 1 <= number <= _LAST_MONTH or int(year) < _FIRST_YEAR:
        raise NotUnderstoodError(_NO_SUCH_DATE)
    return f"{year}-{number:02}"
