"""How much of one person is answered at once: a flood gets one sentence, not fifty."""

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

WINDOW = timedelta(seconds=2)
MOST_IN_WINDOW = 8
_CALM = 2
_REMEMBERED_CHATS = 10_000


class Verdict(Enum):
    """What is done with an event."""

    ANSWER = "answer"
    TELL = "tell"  # the first one too many: say so
    SWALLOW = "swallow"


@dataclass(slots=True)
class _Meter:
    times: deque[datetime] = field(default_factory=deque)
    told: bool = False


class FloodGate:
    """Says which events of a person are answered.

    Args:
        enabled: `False` answers everything (benchmarks).
    """

    def __init__(self, *, enabled: bool = True) -> None:
        self._enabled = enabled
        self._meters: OrderedDict[int, _Meter] = OrderedDict()

    def judge(self, chat_id: int, now: datetime) -> Verdict:
        """Take note of an event of this chat and say what is done with it."""
        if not self._enabled:
            return Verdict.ANSWER
        meter = self._meter(chat_id)
        meter.times.append(now)
        while now - meter.times[0] > WINDOW:
            meter.times.popleft()
        if len(meter.times) > MOST_IN_WINDOW:
            if meter.told:
                return Verdict.SWALLOW
            meter.told = True
            return Verdict.TELL
        if len(meter.times) <= _CALM:
            meter.told = False
        return Verdict.ANSWER

    def _meter(self, chat_id: int) -> _Meter:
        meter = self._meters.setdefault(chat_id, _Meter())
        self._meters.move_to_end(chat_id)
        if len(self._meters) > _REMEMBERED_CHATS:
            self._meters.popitem(last=False)
        return meter
