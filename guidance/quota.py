"""Law 2015-052: what a group of women and men, or a list in its order, says about its articles.

Pure and in whole numbers: a share is compared as `10 * part >= 3 * whole`, never as a fraction.
Source: Loi n° 2015-052 du 18 décembre 2015 (Journal officiel n° 56, 31 décembre 2015, p. 2204),
articles 1 to 3. That the alternation of article 3 means « never three of one sex in a row » is our
reading of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LARGEST = 500  # people in one group; no body of the country is larger
SMALLEST_LIST = 3  # article 2 speaks of lists of at least three persons
LONGEST_RUN = 2  # our reading of article 3


class Sex(StrEnum):
    """How a list names women and men, in French letters."""

    MAN = "H"
    WOMAN = "F"

    @property
    def other(self) -> "Sex":
        """The other one."""
        return Sex.WOMAN if self is Sex.MAN else Sex.MAN


class Case(StrEnum):
    """What is checked."""

    APPOINTMENTS = "appointments"
    NATIONAL_LIST = "national"
    LOCAL_LIST = "local"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Group:
    """People to check: how many, and in which order where there is one."""

    men: int
    women: int
    order: tuple[Sex, ...] | None = None

    @property
    def size(self) -> int:
        """How many together."""
        return self.men + self.women

    def number(self, sex: Sex) -> int:
        """Return how many there are of `sex`."""
        return self.men if sex is Sex.MAN else self.women

    @property
    def fewer(self) -> Sex:
        """The sex of which there are fewer; women where both are as many."""
        return Sex.MAN if self.men < self.women else Sex.WOMAN


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole in hundredths of a per cent, rounded half up: 28.57 % is 2857."""

    hundredths: int

    @property
    def text(self) -> str:
        """The share as French writes it, without the sign: `28,57`, and `30` where it is whole."""
        whole, rest = divmod(self.hundredths, 100)
        return f"{whole},{rest:02d}" if rest else str(whole)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the law says about a group.

    Attributes:
        case: what was checked.
        group: as it was given.
        minimum: the smallest number of each sex that makes 30 % of this size.
        respected: every article that speaks here, as far as the numbers and the order that was
            given tell; `None` where nothing is judged: a result, one person, a list under three.
        lacking: the sex that must become more, where one must.
        missing: how many of the other sex must give place to it (the size stays).
        first_break: the place in the given order, counted from 1, where a third of one sex follows
            two of it; `None` where the order holds or there is none.
        order_exists: whether these numbers have any order without three in a row.
        missing_for_order: how many more of the fewer sex such an order needs, at this size.
        proposed: an order that respects the law, as near to the given one as can be; for a local
            list only.
        disputed: two seats: the text says three or more, an official said otherwise.
    """

    case: Case
    group: Group
    minimum: int
    respected: bool | None
    lacking: Sex | None
    missing: int
    first_break: int | None = None
    order_exists: bool = True
    missing_for_order: int = 0
    proposed: tuple[Sex, ...] | None = None
    disputed: bool = False

    @property
    def order_respected(self) -> bool | None:
        """Whether article 3 holds; `None` where an order exists and none was given."""
        if not self.order_exists:
            return False
        return None if self.group.order is None else self.first_break is None


def minimum_of_each(size: int) -> int:
    """Return the smallest number that is at least 30 % of `size`."""
    return (3 * size + 9) // 10


def share(part: int, whole: int) -> Share:
    """Return `part` of `whole`, which is at least 1."""
    return Share((2 * 10_000 * part + whole) // (2 * whole))


def fewest_for_order(size: int) -> int:
    """Return how many the fewer sex needs so that some order has never three in a row."""
    return max(0, -(-(size - LONGEST_RUN) // (LONGEST_RUN + 1)))


def order_exists(men: int, women: int) -> bool:
    """Return whether these people can stand in a row without three of one sex together."""
    fewer, more = sorted((men, women))
    return more <= LONGEST_RUN * (fewer + 1)


def first_break(order: Sequence[Sex]) -> int | None:
    """Return the first place, counted from 1, that makes three of one sex in a row."""
    for place in range(LONGEST_RUN, len(order)):
        if len(set(order[place - LONGEST_RUN : place + 1])) == 1:
            return place + 1
    return None


def arrange(men: int, women: int, wished: Sequence[Sex] = ()) -> tuple[Sex, ...] | None:
    """Return an order of these people without three of one sex in a row.

    Args:
        men: how many.
        women: how many.
        wished: the order to stay near to: each place keeps its sex where that still leads to an
            end; places beyond it alternate.

    Returns:
        The order, or `None` where there is none.
    """
    if not order_exists(men, women):
        return None
    left = {Sex.MAN: men, Sex.WOMAN: women}
    row: list[Sex] = []
    while left[Sex.MAN] + left[Sex.WOMAN]:
        first = wished[len(row)] if len(row) < len(wished) else _next_in_turn(row, left)
        sex = first if _leads_to_an_end(first, left, row) else first.other
        row.append(sex)
        left[sex] -= 1
    return tuple(row)


def _next_in_turn(row: Sequence[Sex], left: dict[Sex, int]) -> Sex:
    if row:
        return row[-1].other
    return Sex.WOMAN if left[Sex.WOMAN] >= left[Sex.MAN] else Sex.MAN


def _leads_to_an_end(sex: Sex, left: dict[Sex, int], row: Sequence[Sex]) -> bool:
    """Return whether `sex` may come next and the rest still has an order."""
    if left[sex] == 0:
        return False
    run = _run_at_end(row, sex) + 1
    rest, others = left[sex] - 1, left[sex.other]
    room_now = LONGEST_RUN - run
    return (
        run <= LONGEST_RUN
        and rest <= room_now + LONGEST_RUN * others
        and others <= LONGEST_RUN * (rest + 1)
    )


def _run_at_end(row: Sequence[Sex], sex: Sex) -> int:
    length = 0
    for each in reversed(row):
        if each is not sex:
            break
        length += 1
    return length


def check(case: Case, group: Group) -> Verdict:
    """Return what law 2015-052 says about `group`, which has at least one person."""
    minimum = minimum_of_each(group.size)
    if case is Case.RESULT:
        return Verdict(case, group, minimum, None, None, 0)
    smallest = 2 if case is Case.APPOINTMENTS else SMALLEST_LIST
    if group.size < smallest:
        disputed = case is not Case.APPOINTMENTS and group.size == SMALLEST_LIST - 1
        return Verdict(case, group, minimum, None, None, 0, disputed=disputed)
    missing = max(0, minimum - group.number(group.fewer))
    lacking = group.fewer if missing else None
    if case is Case.LOCAL_LIST:
        return _with_order(group, minimum, lacking, missing)
    return Verdict(case, group, minimum, not missing, lacking, missing)


def _with_order(group: Group, minimum: int, lacking: Sex | None, missing: int) -> Verdict:
    """Return the verdict on a local list: article 2, and the order of article 3."""
    fewer = group.number(group.fewer)
    found = first_break(group.order) if group.order is not None else None
    exists = order_exists(group.men, group.women)
    needed = max(0, fewest_for_order(group.size) - fewer)
    wanted = max(fewer, minimum, fewest_for_order(group.size))
    more = group.size - wanted
    men, women = (wanted, more) if group.fewer is Sex.MAN else (more, wanted)
    keeps = group.order is not None and found is None
    return Verdict(
        case=Case.LOCAL_LIST,
        group=group,
        minimum=minimum,
        respected=not missing and exists and found is None,
        lacking=lacking or (group.fewer if needed else None),
        missing=missing,
        first_break=found,
        order_exists=exists,
        missing_for_order=needed,
        proposed=None if keeps and not missing else arrange(men, women, group.order or ()),
    )
