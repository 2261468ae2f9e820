"""Who may do what among staff."""

import pytest

from storage.actors import Actor, NotAllowedError, Role, require

INCLUDED = {
    Role.READER: {Role.READER},
    Role.EDITOR: {Role.READER, Role.EDITOR},
    Role.APPROVER: {Role.READER, Role.EDITOR, Role.APPROVER},
    Role.EVENTS: {Role.READER, Role.EVENTS},
    Role.ADMINISTRATOR: set(Role),
}


@pytest.mark.parametrize("own", list(Role))
def test_a_role_includes_what_the_table_says_and_nothing_else(own):
    actor = Actor("awa@example.org", frozenset({own}))
    assert {role for role in Role if actor.may(role)} == INCLUDED[own]


def test_without_the_role_nothing_passes_and_the_error_says_which_is_missing():
    events = Actor("awa@example.org", frozenset({Role.EVENTS}))
    with pytest.raises(NotAllowedError) as caught:
        require(events, Role.EDITOR)
    assert (caught.value.name, caught.value.needed) == ("awa@example.org", Role.EDITOR)
    require(events, Role.READER)


def test_who_has_no_role_may_not_even_read():
    with pytest.raises(NotAllowedError):
        require(Actor("nobody", frozenset()), Role.READER)
