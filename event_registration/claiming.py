"""One's registration by its code: from another chat, at the door, with attempts limited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from event_registration.codes import Code, fold, read_code
from event_registration.errors import (
    DuplicateOrganizationError,
    InvalidAnswerError,
    RegistrationError,
    TooManyAttemptsError,
    UnknownRegistrationError,
    WrongCodeError,
)
from event_registration.phones import read_phone
from event_registration.reading import RegistrationReader
from event_registration.rows import AnyRow, registration_of
from event_registration.schemas import Registration
from event_registration.sealing import Subject
from event_registration.states import LIVE
from event_registration.tables import code_attempts, gatherings, registrations
from event_registration.vocabulary import RegistrationState as State
from storage.columns import upsert

ATTEMPTS_LIMIT = timedelta(hours=1)
"""So long failed attempts are counted together."""

MOST_FAILURES = {Subject.CHAT: 5, Subject.CODE: 10}
"""Failed attempts of one chat, and on one code, before no more are heard."""

_r = registrations.c
_a = code_attempts.c
_COUNT = upsert(code_attempts, ("failures", "first_at"))


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of an attempt: a registration, or what stands in the way.

    A value, and no exception, because a failed attempt has to be counted: it must not be rolled
    back.
    """

    registration: Registration | None
    problem: RegistrationError | None = None


class Claims(RegistrationReader):
    """Finds registrations by their code; each method works on the connection it is given."""

    def claim(
        self, connection: Connection, text: str, phone: str, *, chat_id: int, now: datetime
    ) -> Claim:
        """Hand a registration over to the chat that knows its code and its contact's phone.

        Args:
            connection: in a transaction, which is to be committed whatever comes of it.
            text: the code as typed.
            phone: the contact's phone number as typed.
            chat_id: who asks; messages go there from now on.
            now: aware UTC.
        """
        try:
            code, number = read_code(text), read_phone(phone)
        except (WrongCodeError, InvalidAnswerError) as error:
            # What can't be a code tells nobody anything: it is a slip, not an attempt.
            return Claim(None, error)
        subjects = {
            Subject.CHAT: self._vault.hash(Subject.CHAT, str(chat_id)),
            Subject.CODE: self._vault.hash(Subject.CODE, _folded(code)),
        }
        until = self._barred_until(connection, subjects, now)
        if until is not None:
            return Claim(None, TooManyAttemptsError(until))
        row = self._find(connection, code)
        if row is None or row.phone_hash not in self._vault.hashes(Subject.PHONE, number):
            self._count_failure(connection, subjects, now)
            return Claim(None, WrongCodeError("unknown"))
        connection.execute(delete(code_attempts).where(_a.subject == subjects[Subject.CHAT]))
        return self._hand_over(connection, row, chat_id, now)

    def of_code(
        self, connection: Connection, text: str, *, gathering_id: int | None = None
    ) -> Registration:
        """Return the registration of a code, for staff.

        Args:
            connection: open.
            text: the code as typed.
            gathering_id: of which gathering it has to be; `None` takes any.

        Raises:
            WrongCodeError: it is no code, of no registration, or of another gathering.
        """
        row = self._find(connection, read_code(text))
        if row is None:
            raise WrongCodeError("unknown")
        if gathering_id is not None and row.gathering_id != gathering_id:
            raise WrongCodeError("gathering")
        return registration_of(self._vault, row)

    def _find(self, connection: Connection, code: Code) -> AnyRow | None:
        place = select(gatherings.c.code).where(gatherings.c.folded_code == fold(code.gathering))
        known = connection.execute(place).scalar_one_or_none()
        if known is None:
            return None
        wanted = str(Code(known, code.body, code.check))
        row = connection.execute(select(registrations).where(_r.code == wanted)).one_or_none()
        if row is None or row.merged_into is None:
            return row
        # The code of a registration that was merged leads to the one that stayed.
        stayed = select(registrations).where(_r.id == row.merged_into)
        return connection.execute(stayed).one_or_none()

    def _hand_over(self, connection: Connection, row: AnyRow, chat_id: int, now: datetime) -> Claim:
        hashes = self._vault.hashes(Subject.CHAT, str(chat_id))
        if row.registrant_hash not in hashes:
            if State(row.state) in LIVE:
                own = select(_r.id).where(
                    _r.gathering_id == row.gathering_id,
                    _r.registrant_hash.in_(hashes),
                    _r.name_hash == row.name_hash,
                    _r.state.in_([state.value for state in LIVE]),
                )
                twin = connection.execute(own).scalars().first()
                if twin is not None:
                    return Claim(None, DuplicateOrganizationError("name", twin, is_own=True))
            changed = update(registrations).where(_r.id == row.id)
            connection.execute(
                changed.values(
                    registrant_hash=hashes[0],
                    sealed_chat=self._vault.seal_chat(chat_id),
                    changed_at=now,
                )
            )
        try:
            return Claim(self.get(connection, row.id, chat_id=chat_id))
        except UnknownRegistrationError as error:
            return Claim(None, error)

    # -- attempts --------------------------------------------------------------------------

    def _barred_until(
        self, connection: Connection, subjects: dict[Subject, str], now: datetime
    ) -> datetime | None:
        for subject, value in subjects.items():
            row = connection.execute(select(code_attempts).where(_a.subject == value)).one_or_none()
            if row is None or row.first_at + ATTEMPTS_LIMIT <= now:
                continue
            if row.failures >= MOST_FAILURES[subject]:
                end: datetime = row.first_at + ATTEMPTS_LIMIT
                return end
        return None

    def _count_failure(
        self, connection: Connection, subjects: dict[Subject, str], now: datetime
    ) -> None:
        for value in subjects.values():
            wanted = select(code_attempts).where(_a.subject == value).with_for_update()
            row = connection.execute(wanted).one_or_none()
            is_fresh = row is None or row.first_at + ATTEMPTS_LIMIT <= now
            values = {
                "subject": value,
                "failures": 1 if row is None or is_fresh else row.failures + 1,
                "first_at": now if row is None or is_fresh else row.first_at,
            }
            connection.execute(_COUNT.on(connection), values)


def _folded(code: Code) -> str:
    return f"{fold(code.gathering)}{code.body}{code.check}"
