"""Staff for tests of the directory."""

from storage.actors import Actor, Role

READER = Actor("lamine@example.org", frozenset({Role.READER}))
EDITOR = Actor("awa@example.org", frozenset({Role.EDITOR}))
OTHER_EDITOR = Actor("bakary@example.org", frozenset({Role.EDITOR}))
APPROVER = Actor("fanta@example.org", frozenset({Role.APPROVER}))
EVENTS = Actor("sira@example.org", frozenset({Role.EVENTS}))
ADMINISTRATOR = Actor("moussa@example.org", frozenset({Role.ADMINISTRATOR}))
NOBODY = Actor("nobody", frozenset())
