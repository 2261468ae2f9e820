"""What the console refuses; each error says why in a French sentence that staff read."""

from datetime import datetime


class RefusedError(Exception):
    """Something can't be done as it was asked for; nothing was changed.

    Attributes:
        sentence: why, in French, with no data of a person.
        field: the field of the form that is to be mended; "" where it is none, or not one alone.
        status: what HTTP says of it.
    """

    status = 422

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class UnknownRecordError(RefusedError):
    """What was asked for is not there, or not any more."""

    status = 404

    def __init__(self, sentence: str = "Cette page n'existe pas, ou plus.") -> None:
        super().__init__(sentence)


class ChangedMeanwhileError(RefusedError):
    """Somebody else saved first; the sentence says who where it is known."""

    status = 409

    def __init__(
        self,
        sentence: str = "Quelqu'un d'autre a enregistré entre-temps. "
        "Relisez la version actuelle, puis recommencez.",
    ) -> None:
        super().__init__(sentence)


class WrongCredentialsError(RefusedError):
    """Address, password or code are not right; which of them is not said."""

    status = 401

    def __init__(self, sentence: str = "L'adresse ou le mot de passe ne va pas.") -> None:
        super().__init__(sentence)


class TooManyAttemptsError(RefusedError):
    """Signing in was tried too often.

    Attributes:
        until: when the next attempt is heard.
    """

    status = 429

    def __init__(self, until: datetime) -> None:
        super().__init__(f"Trop d'essais. Réessayez après {until:%H:%M}.")
        self.until = until
