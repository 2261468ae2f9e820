"""Everything about a person goes when they ask, twice, and the store proves it."""

import pytest

from bot.conversation.buttons import Press, encode_press
from storage.erasure import PERSON_COLUMN, rows_of_person
from storage.errors import ErasureIncompleteError
from storage.inbox import inbox_updates
from storage.ledger import Direction, LedgerEntry
from storage.turns import TurnResult
from tests.fakes.pipeline import NOON, press_update, text_update

CHAT = 71
NOTHING = "🌿 Vérifié : il ne reste rien ici."


async def rows(database, keyring, chat=CHAT):
    return await database.read(rows_of_person, keyring.person(chat))


async def test_s18_asked_twice_everything_goes_and_it_says_so(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, "je cherche un médecin à Gao"))
    await pipeline.take(text_update(2, 72, "je cherche un médecin à Gao"))
    assert any((await rows(database, keyring)).values())
    ask = encode_press(Press("leave", "offer", "all"))
    await pipeline.take(press_update(3, CHAT, ask, 101))
    assert "revenir en arrière" in pipeline.messenger.texts(CHAT)[-1]
    others = await rows(database, keyring, 72)
    sure = encode_press(Press("forget", "sure", "yes"))
    await pipeline.take(press_update(4, CHAT, sure, 101))
    assert pipeline.messenger.texts(CHAT)[-1] == NOTHING
    assert set(pipeline.messenger.deleted(CHAT)) >= {1, 101}
    assert not any((await rows(database, keyring)).values())
    assert await rows(database, keyring, 72) == others


async def test_s18_the_command_given_again_proves_that_nothing_is_left(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, "bonjour"))
    await pipeline.take(text_update(2, CHAT, "/effacer"))
    assert pipeline.messenger.texts(CHAT)[-1] != NOTHING
    await pipeline.take(text_update(3, CHAT, "/effacer"))
    assert pipeline.messenger.texts(CHAT)[-1] == NOTHING
    assert not any((await rows(database, keyring)).values())


async def test_s18_saying_no_erases_nothing(pipeline, database, keyring):
    await pipeline.take(text_update(1, CHAT, "je cherche un médecin à Gao"))
    await pipeline.take(press_update(2, CHAT, encode_press(Press("forget", "sure", "no")), 101))
    assert pipeline.messenger.deleted(CHAT) == []
    assert any((await rows(database, keyring)).values())


async def test_s18_an_erasure_that_leaves_a_row_is_not_committed(database, keyring, monkeypatch):
    person = keyring.person(CHAT)
    entry = LedgerEntry(7, Direction.IN, NOON)
    await database.write(database.ledger.enter, person, [entry])
    monkeypatch.setattr("storage.turns.erase_person", lambda _connection, _person: {})
    with pytest.raises(ErasureIncompleteError) as raised:
        await database.write(database.turns.commit, TurnResult(person=person, now=NOON, erase=True))
    assert raised.value.left == {"ledger_messages": 1}
    assert PERSON_COLUMN in inbox_updates.columns
