"""One secret, many keys."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.keys import Keyring, Purpose, SealBrokenError, WeakKeyError, sealed_with

SECRET = "kWq3-7yTz0Lb9Xr2Vd5Hn8Mf4Jc6Pg1S"  # noqa: S105  # made up for the tests
OTHER = "Zp8vQ1xE-5sB3nR7mU9kT2wY6hD4jF0a"
KEYS = Keyring(SECRET)
OTHER_KEYS = Keyring(OTHER)
purposes = st.sampled_from(list(Purpose))


@given(purposes, st.binary(max_size=400))
def test_what_is_sealed_opens_again(purpose: Purpose, plain: bytes) -> None:
    assert KEYS.open(purpose, KEYS.seal(purpose, plain)) == plain


@given(purposes, purposes, st.binary(max_size=40))
def test_a_seal_opens_for_its_own_purpose_alone(
    purpose: Purpose, other: Purpose, plain: bytes
) -> None:
    sealed = KEYS.seal(purpose, plain)
    if purpose is other:
        assert KEYS.open(other, sealed) == plain
    else:
        with pytest.raises(SealBrokenError):
            KEYS.open(other, sealed)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_one_changed_bit_breaks_the_seal(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(KEYS.seal(Purpose.INBOX, plain))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBrokenError):
        KEYS.open(Purpose.INBOX, bytes(sealed))


@given(st.binary(max_size=60))
def test_any_bytes_open_or_are_called_broken(sealed: bytes) -> None:
    with pytest.raises(SealBrokenError):
        KEYS.open(Purpose.SESSION, sealed)


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert KEYS.seal(Purpose.INBOX, b"words") != KEYS.seal(Purpose.INBOX, b"words")


def test_a_broken_seal_says_nothing_of_the_content() -> None:
    sealed = KEYS.seal(Purpose.INBOX, b"canary-words")
    with pytest.raises(SealBrokenError) as caught:
        OTHER_KEYS.open(Purpose.INBOX, sealed)
    told = repr(caught.value) + str(caught.value) + repr(caught.value.__cause__)
    assert "canary" not in told
    assert sealed.hex() not in told


@given(st.integers(-(2**52), 2**52))
def test_a_chat_has_another_hash_for_every_purpose(chat_id: int) -> None:
    value = chat_id.to_bytes(8, signed=True)
    assert len({KEYS.hash(purpose, value) for purpose in Purpose}) == len(Purpose)


def test_a_person_has_the_same_key_in_every_process_and_another_under_another_secret() -> None:
    assert KEYS.person(42) == Keyring(SECRET).person(42)
    assert KEYS.person(42).key != OTHER_KEYS.person(42).key
    assert KEYS.person(42).key != KEYS.person(43).key


def test_printing_a_person_or_a_keyring_shows_neither_chat_nor_secret() -> None:
    printed = f"{KEYS.person(7_777_777_777)!r} {KEYS!r}"
    assert "7777777777" not in printed
    assert SECRET not in printed


def test_every_purpose_has_key_bytes_of_its_own() -> None:
    keys = {KEYS.key_of(purpose) for purpose in Purpose}
    assert len(keys) == len(Purpose)
    assert {len(key) for key in keys} == {32}


@given(st.integers(-(2**62), 2**62))
def test_a_sealed_chat_comes_back_and_its_length_tells_nothing(chat_id: int) -> None:
    sealed = KEYS.seal_integer(Purpose.LEDGER, chat_id)
    assert KEYS.open_integer(Purpose.LEDGER, sealed) == chat_id
    assert len(sealed) == len(KEYS.seal_integer(Purpose.LEDGER, 1))


@given(purposes, st.binary(max_size=40))
def test_during_a_change_the_previous_key_still_opens(purpose: Purpose, plain: bytes) -> None:
    changed = Keyring(OTHER, previous=SECRET)
    assert changed.open(purpose, KEYS.seal(purpose, plain)) == plain


def test_during_a_change_everything_new_is_made_with_the_current_key() -> None:
    changed = Keyring(OTHER, previous=SECRET)
    assert sealed_with(changed.seal(Purpose.INBOX, b"new")) == OTHER_KEYS.key_number
    assert changed.key_number == OTHER_KEYS.key_number != KEYS.key_number
    assert changed.person(5).key == OTHER_KEYS.person(5).key


def test_during_a_change_look_ups_ask_for_both_hashes() -> None:
    changed = Keyring(OTHER, previous=SECRET)
    value = b"chat"
    expected = (
        OTHER_KEYS.hash(Purpose.REGISTRATION, value),
        KEYS.hash(Purpose.REGISTRATION, value),
    )
    assert changed.hashes(Purpose.REGISTRATION, value) == expected
    assert changed.person(5).former_key == KEYS.person(5).key


def test_without_a_change_there_is_one_hash() -> None:
    assert KEYS.hashes(Purpose.CHAT_HASH, b"chat") == (KEYS.hash(Purpose.CHAT_HASH, b"chat"),)
    assert KEYS.person(5).former_key == KEYS.person(5).key


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "short-but-with-many-letters",
        "a" * 64,
        "abcdefghij0123456789" * 2,
        "abcdefghijklmnop1234567890QRSTUV" * 2 + "abcde",
        "changeme-changeme-0123456789-xyzw",
        "this-is-my-SECRET-key-1234567890-xyz",
        "0101010101010101010101010101010101010101",
    ],
)
def test_a_secret_that_could_be_guessed_is_refused_without_being_shown(weak: str) -> None:
    with pytest.raises(WeakKeyError) as caught:
        Keyring(weak)
    assert not weak or weak not in str(caught.value)


@given(st.binary(min_size=32, max_size=32))
def test_a_random_secret_is_accepted_unless_it_is_weak_by_chance(entropy: bytes) -> None:
    secret = base64.urlsafe_b64encode(entropy).decode()
    if len(set(secret)) > 20:
        assert Keyring(secret).key_number >= 0
