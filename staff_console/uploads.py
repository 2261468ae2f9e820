"""Files between their preview and their writing: on disk, private, an hour at most."""

import contextlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from staff_console.errors import RefusedError, UnknownRecordError

KEPT = timedelta(hours=1)
MOST = 20
SUFFIXES = (".csv", ".xlsx", ".json")
_TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits for its owner's word.

    Attributes:
        token: names it in the form.
        path: where it lies, with the suffix that says what it is.
        file_name: as it was called where it came from.
    """

    token: str
    path: Path
    file_name: str


class Uploads:
    """Keeps uploaded files for those who uploaded them, in a folder of this process.

    Args:
        folder: private to this process; whoever makes it removes it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[Upload, str, datetime]] = {}

    def keep(self, owner: str, file_name: str, content: bytes, now: datetime) -> Upload:
        """Keep a file.

        Raises:
            RefusedError: it is none of the kinds that can be imported, or is empty.
        """
        suffix = Path(file_name).suffix.lower()
        if suffix not in SUFFIXES:
            raise RefusedError("Le fichier doit être CSV, XLSX ou JSON (HSDS).")
        if not content:
            raise RefusedError("Choisissez un fichier qui n'est pas vide.")
        self._sweep(now)
        token = secrets.token_urlsafe(32)
        upload = Upload(token, self._folder / f"{token}{suffix}", Path(file_name).name[-120:])
        upload.path.touch(mode=0o600)
        upload.path.write_bytes(content)
        self._known[token] = (upload, owner, now + KEPT)
        return upload

    def find(self, owner: str, token: str, now: datetime) -> Upload:
        """Return a file of this owner.

        Raises:
            UnknownRecordError: it is not there any more, or never was, or is somebody else's.
        """
        upload, whose, until = self._known.get(token, (None, "", now))
        if upload is None or whose != owner or until <= now or not _TOKEN.fullmatch(token):
            raise UnknownRecordError("Ce fichier n'est plus là. Envoyez-le de nouveau.")
        return upload

    def drop(self, token: str) -> None:
        """Delete a file; twice is as good as once."""
        upload, _, _ = self._known.pop(token, (None, "", None))
        if upload is not None:
            with contextlib.suppress(OSError):
                upload.path.unlink(missing_ok=True)

    def _sweep(self, now: datetime) -> None:
        """Delete what is old, and the oldest where there are too many."""
        by_age = sorted(self._known, key=lambda token: self._known[token][2])
        too_many = by_age[: max(0, len(by_age) - MOST + 1)]
        over = [token for token in by_age if self._known[token][2] <= now]
        for token in {*too_many, *over}:
            self.drop(token)
