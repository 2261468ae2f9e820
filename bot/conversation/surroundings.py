"""What worker, sender, sweeper and leaving stand on, handed over as one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.conversation.erasing import RecentMessages
from bot.conversation.events import Incoming
from bot.conversation.outgoing import ShowScreen
from bot.conversation.ports import Clock, Driver, Messenger, RawUpdate
from bot.conversation.store_port import ConversationStore, NullTally, Tally


@dataclass(frozen=True, slots=True)
class Lines:
    """Screens that must come even when the driver can't be asked.

    Attributes:
        too_many: one message at a time, please.
        failed: something went wrong here; where help is all the same.
        late: a neutral line in place of what would come too late to be shown.
        leftover: older messages remain; how to clear the chat by hand.
        private: said to who writes in a group, before leaving it.
    """

    too_many: ShowScreen
    failed: ShowScreen
    late: ShowScreen
    leftover: ShowScreen
    private: ShowScreen


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Everything around the pipeline.

    Attributes:
        driver: answers one event.
        read: turns the channel's bytes into an event; `None` for what needs no answer.
        leaves: whether an event leaves and erases; asked before everything else.
        must_hear: whether an event is answered even in a flood (leaving, an emergency).
        store: keeps what must survive a crash.
        messenger: carries actions to a chat.
        clock: tells the time.
        lines: what is said when the driver can't be asked.
        tally: counts, without persons.
        limit_incoming: answer floods with one sentence; `False` for benchmarks.
        recent: the last messages' ids, in memory.
    """

    driver: Driver
    read: Callable[[RawUpdate, datetime], Incoming | None]
    leaves: Callable[[Incoming], bool]
    must_hear: Callable[[Incoming], bool]
    store: ConversationStore
    messenger: Messenger
    clock: Clock
    lines: Lines
    tally: Tally = field(default_factory=NullTally)
    limit_incoming: bool = True
    recent: RecentMessages = field(default_factory=RecentMessages)
