"""A turn as the store takes it: what is saved, what is sent, what the ledger is told."""

from datetime import datetime, timedelta

from bot.conversation.erasing import farewell
from bot.conversation.events import ButtonPressed, Incoming
from bot.conversation.outgoing import Action, AnswerPress, AskContact, DeleteMessages, Turn
from bot.conversation.store_port import FinishedTurn, OutgoingMessage, PersonsMessage
from bot.conversation.surroundings import Surroundings


def finished(
    around: Surroundings, incoming: Incoming, turn: Turn, worked: tuple[int, int | None]
) -> FinishedTurn:
    """Return what is committed of a turn.

    Args:
        around: what the pipeline stands on.
        incoming: what the person did.
        turn: what the driver decided.
        worked: the version of the session that was loaded, and the update that is done with this;
            `None` where that update is gone already.
    """
    version, update_id = worked
    now = around.clock.now()
    actions = farewell(turn) if turn.erase else turn.actions
    if turn.delete_own_now and incoming.message_id is not None:
        actions = (DeleteMessages((incoming.message_id,)), *actions)
    also_delete = around.recent.of(incoming.chat_id) if turn.erase else set()
    if turn.erase and incoming.message_id is not None:
        also_delete.add(incoming.message_id)
    return FinishedTurn(
        chat_id=incoming.chat_id,
        now=now,
        update_id=update_id,
        version=version,
        state=turn.state,
        expires_at=now + timedelta(seconds=turn.lifetime_seconds),
        outgoing=[
            OutgoingMessage(action, now, unlisted=turn.erase, lasts_seconds=_lasts(action, turn))
            for action in actions
        ],
        incoming=None if turn.erase or turn.stop else own_message(around, incoming, turn, now),
        erase=turn.erase,
        also_delete=tuple(also_delete),
        drop_outgoing=turn.stop,
        contact_done=turn.contact_done,
        relast=turn.earlier_last_too,
        lasts_seconds=turn.messages_last_seconds,
        counts=turn.counts,
    )


def _lasts(action: Action, turn: Turn) -> int | None:
    return action.lasts_seconds if isinstance(action, AskContact) else turn.messages_last_seconds


def own_message(
    around: Surroundings, incoming: Incoming, turn: Turn, now: datetime
) -> PersonsMessage | None:
    """Return the person's own message for the ledger, with its hour of deletion."""
    if incoming.message_id is None or isinstance(incoming.event, ButtonPressed):
        return None
    around.recent.note(incoming.chat_id, (incoming.message_id,))
    lasts = [turn.delete_own_after_seconds, turn.messages_last_seconds]
    shortest = min((seconds for seconds in lasts if seconds is not None), default=None)
    delete_at = None if shortest is None else now + timedelta(seconds=shortest)
    return PersonsMessage(incoming.message_id, incoming.sent_at or now, delete_at)


def press_answer(incoming: Incoming) -> tuple[AnswerPress, ...]:
    """Return what stops the spinning of a pressed button, where one was pressed."""
    return () if incoming.press_id is None else (AnswerPress(incoming.press_id),)
