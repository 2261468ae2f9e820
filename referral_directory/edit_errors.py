"""Why an edit is not taken, with what the person needs to go on."""

from collections.abc import Mapping

from referral_directory.versions import FieldChange


class InvalidEditError(ValueError):
    """The entry would not be one any more.

    Attributes:
        entry_id: Which entry.
        problems: Field by field, what is wrong with it, in French.
    """

    def __init__(self, entry_id: str, problems: Mapping[str, str]) -> None:
        super().__init__(f"{entry_id}: {', '.join(sorted(problems))}")
        self.entry_id = entry_id
        self.problems = dict(problems)


class EditDecidedError(LookupError):
    """No such edit waits: it was decided already, or never was.

    Attributes:
        number: Which.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"edit {number} does not wait")
        self.number = number


class SamePersonError(Exception):
    """Nobody approves what they proposed themselves.

    Attributes:
        name: Who tried.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} proposed this edit; somebody else approves it")
        self.name = name


class EditConflictError(Exception):
    """Fields of a waiting edit were changed since by somebody else.

    Attributes:
        entry_id: Which entry.
        changes: Those fields: what they were when the edit was proposed, and what they are now.
    """

    def __init__(self, entry_id: str, changes: tuple[FieldChange, ...]) -> None:
        super().__init__(f"{entry_id}: {', '.join(each.name for each in changes)} changed since")
        self.entry_id = entry_id
        self.changes = changes
