"""Training requests: kept with consent, sealed, changed and cancelled by a code, and then gone."""

import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from guidance.tables import training_requests
from storage.keys import Keyring, Purpose, SealBrokenError

KEPT_AS_DRAFT = timedelta(hours=1)
KEPT = timedelta(days=180)
LONGEST_CONTACT = 200
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else
_CODE = re.compile(rf"f-?([{_ALPHABET}]{{8}})")
_PHONE = re.compile(r"(?:\D|^)(?:\d\D?){8,12}(?:\D|$)")

_t = training_requests.c


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What was asked for.

    Attributes:
        theme: one of the themes of the flow.
        region: a slug of the gazetteer.
        men: how many; with `women` 0 where it isn't known yet.
        month: `2027-03`, or `open`.
        contact: the organisation and how to reach it, as it was written.
    """

    theme: str
    region: str
    men: int
    women: int
    month: str
    contact: str


def random_code() -> str:
    """Return a new code, such as `f-7kq3m9ax`."""
    return "f-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


def read_code(text: str) -> str | None:
    """Return the code that `text` is, however it is written, or `None`."""
    found = _CODE.fullmatch("".join(text.casefold().split()))
    return f"f-{found.group(1)}" if found is not None else None


def is_contact(text: str) -> bool:
    """Return whether `text` says how to reach somebody: a phone number or an address for mail."""
    short = len(text) <= LONGEST_CONTACT
    return short and (_PHONE.search(text) is not None or re.search(r"\S@\S+\.\S", text) is not None)


class TrainingDesk:
    """Keeps training requests; each operation takes an open connection.

    Args:
        keyring: the keys of the installation.
        new_code: makes codes.
    """

    def __init__(self, keyring: Keyring, new_code: Callable[[], str] = random_code) -> None:
        self._keyring = keyring
        self._new_code = new_code

    def draft(self, connection: Connection, request: TrainingRequest, now: datetime) -> str:
        """Keep a request for an hour, until its writer agrees; return its code."""
        code = self._new_code()
        row = {
            **self._sealed(code, request),
            "state": "draft",
            "created_at": now,
            "expires_at": now + KEPT_AS_DRAFT,
        }
        connection.execute(insert(training_requests).values(row))
        return code

    def ask(self, connection: Connection, code: str, now: datetime) -> bool:
        """Hand the request to staff, now that its writer has agreed; `False` when it is gone."""
        values = {"state": "asked", "created_at": now, "expires_at": now + KEPT}
        done = update(training_requests).where(self._is(code), _t.expires_at > now).values(values)
        return connection.execute(done).rowcount > 0

    def find(self, connection: Connection, code: str, now: datetime) -> TrainingRequest | None:
        """Return the request with this code, or `None` when there is none (any more)."""
        sealed = select(_t.sealed_request).where(self._is(code), _t.expires_at > now)
        found = connection.execute(sealed).scalar_one_or_none()
        return self._opened(found)[1] if found is not None else None

    def change(
        self, connection: Connection, code: str, now: datetime, **changes: str | int
    ) -> bool:
        """Change answers of a request; `False` when it is gone."""
        request = self.find(connection, code, now)
        if request is None:
            return False
        changed = replace(request, **changes)  # type: ignore[arg-type]  # the fields' own types
        row = self._sealed(code, changed)
        connection.execute(update(training_requests).where(self._is(code)).values(row))
        return True

    def cancel(self, connection: Connection, code: str) -> bool:
        """Delete a request for good; `False` when there was none."""
        return connection.execute(delete(training_requests).where(self._is(code))).rowcount > 0

    def asked(self, connection: Connection, now: datetime) -> tuple[TrainingRequest, ...]:
        """Return what staff have to answer, oldest first."""
        rows = select(_t.sealed_request).where(_t.state == "asked", _t.expires_at > now)
        found = connection.execute(rows.order_by(_t.created_at)).scalars()
        return tuple(self._opened(each)[1] for each in found)

    def rekey(self, connection: Connection) -> int:
        """Seal with the current key what another sealed; return how many rows."""
        old = select(_t.code_hash, _t.sealed_request).where(
            _t.key_number != self._keyring.key_number
        )
        count = 0
        for code_hash, sealed in connection.execute(old).all():
            try:
                code, request = self._opened(sealed)
            except SealBrokenError:
                continue  # it ends with its time
            row = self._sealed(code, request)
            connection.execute(
                update(training_requests).where(_t.code_hash == code_hash).values(row)
            )
            count += 1
        return count

    def _sealed(self, code: str, request: TrainingRequest) -> dict[str, object]:
        plain = json.dumps({"code": code, **asdict(request)}, ensure_ascii=False).encode()
        return {
            "code_hash": self._keyring.hash(Purpose.TRAINING, code.encode()),
            "sealed_request": self._keyring.seal(Purpose.TRAINING, plain),
            "key_number": self._keyring.key_number,
        }

    def _opened(self, sealed: bytes) -> tuple[str, TrainingRequest]:
        content = json.loads(self._keyring.open(Purpose.TRAINING, sealed))
        return content.pop("code"), TrainingRequest(**content)

    def _is(self, code: str) -> ColumnElement[bool]:
        return _t.code_hash.in_(self._keyring.hashes(Purpose.TRAINING, code.encode()))


def purge(connection: Connection, now: datetime) -> int:
    """Delete the requests whose time is over; return how many."""
    gone = delete(training_requests).where(training_requests.c.expires_at <= now)
    return connection.execute(gone).rowcount


training_requests.info["purge"] = purge
