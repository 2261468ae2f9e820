"""All of registration by name, for whoever wires it."""

from event_registration.claiming import Claims
from event_registration.deciding import Decisions
from event_registration.delegations import Delegations
from event_registration.drafts import Drafts
from event_registration.gatherings import Gatherings
from event_registration.lists import Lists
from event_registration.messages import Messages
from event_registration.offers import Offers
from event_registration.registering import Registrations
from event_registration.reminders import Reminders
from event_registration.sealing import Vault
from storage.keys import Keyring


class Desk:
    """Everything that can be done with gatherings and registrations.

    Each operation takes an open connection, in a transaction: hand it to
    `storage.store.Store.write` or to a session's connection.

    Args:
        keyring: the keys of the installation.
    """

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring
        self.gatherings = Gatherings(keyring)
        self.registrations = Registrations(keyring)
        self.delegations = Delegations(keyring)
        self.claims = Claims(keyring)
        self.decisions = Decisions(keyring)
        self.lists = Lists(keyring)
        self.drafts = Drafts(keyring)
        self.offers = Offers(keyring)
        self.reminders = Reminders(keyring)
        self.messages = Messages(Vault(keyring))
