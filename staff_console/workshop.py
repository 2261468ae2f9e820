"""Where long work is done: a thread of its own with connections of its own, beside the pages.

An import of ten thousand rows takes seconds. On the connections of the pages nobody else would
read anything meanwhile: SQLite has one thread that reads, and PostgreSQL's jobs run in the loop
that answers everybody. Here they run elsewhere, and whoever waits asks how far they are.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate

from sqlalchemy import Connection

from referral_directory.import_progress import Watch
from staff_console.errors import RefusedError, UnknownRecordError
from storage.actors import NotAllowedError
from storage.store import Store

KEPT = timedelta(hours=1)
MOST = 20
_TOKEN_BYTES = 24

_log = logging.getLogger(__name__)


class Workshop:
    """Runs jobs beside the pages.

    Args:
        open_store: opens a store of its own; called at the first job, in the thread that uses it.
    """

    def __init__(self, open_store: Callable[[], Store]) -> None:
        self._open_store = open_store
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._store: Store | None = None

    async def read[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a job that changes nothing."""
        return await self._run(lambda store: store.read(job, *args, **kwargs))

    async def write[**P, T](
        self, job: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a job in a transaction."""
        return await self._run(lambda store: store.write(job, *args, **kwargs))

    async def close(self) -> None:
        """Let running jobs end, then end the thread; twice is as good as once."""
        loop, self._loop = self._loop, None
        if loop is None or self._thread is None:
            return
        store = self._store
        if store is not None:
            closing = asyncio.run_coroutine_threadsafe(store.close(), loop)
            await asyncio.wrap_future(closing)
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(self._thread.join)
        loop.close()

    async def _run[T](self, start: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
        async def run() -> T:
            if self._store is None:
                self._store = self._open_store()
            return await start(self._store)

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), self._begin()))

    def _begin(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop, self._store = asyncio.new_event_loop(), None
            work = self._loop.run_forever
            self._thread = threading.Thread(target=work, name="jigi-workshop", daemon=True)
            self._thread.start()
        return self._loop


@dataclass(slots=True)
class Work:
    """Something that takes a while, and what came of it.

    Attributes:
        token: names it in an address; only its owner may look.
        owner: who started it.
        title: what it is, for whoever waits.
        watch: how far it is.
        task: runs it.
    """

    token: str
    owner: str
    title: str
    watch: Watch
    started_at: datetime
    task: asyncio.Task[Any]

    @property
    def is_running(self) -> bool:
        """Whether there is still something to wait for."""
        return not self.task.done()

    def result(self) -> Any:
        """Return what came of it.

        Raises:
            RefusedError: it was refused, or broke; says why in French.
        """
        error = self.task.exception()
        if error is None:
            return self.task.result()
        if isinstance(error, RefusedError):
            # A new one each time: whoever raises it again hangs another page's trace on it.
            again = RefusedError(error.sentence)
            again.status = error.status
            raise again
        if isinstance(error, NotAllowedError):
            raise error
        _log.error("console_work_failed", extra={"error": type(error).__name__})
        raise RefusedError("Un problème est arrivé ici. Rien n'a été changé.")


class Works:
    """What is being done for whom: in memory, an hour at most; the work itself goes on anyway."""

    def __init__(self) -> None:
        self._known: dict[str, Work] = {}

    def start(
        self,
        owner: str,
        title: str,
        job: Callable[[Watch], Any],
        now: datetime,
    ) -> Work:
        """Start something that tells the watch it is given how far it is."""
        self._sweep(now)
        watch = Watch()
        work = Work(
            secrets.token_urlsafe(_TOKEN_BYTES),
            owner,
            title,
            watch,
            now,
            asyncio.ensure_future(job(watch)),
        )
        self._known[work.token] = work
        return work

    def find(self, owner: str, token: str) -> Work:
        """Return the work of this owner.

        Raises:
            UnknownRecordError: it is not known any more, or never was, or is somebody else's.
        """
        work = self._known.get(token)
        if work is None or work.owner != owner:
            raise UnknownRecordError(
                "Ce travail n'est plus connu ici. Ce qui était écrit l'est toujours : voyez la "
                "liste des imports."
            )
        return work

    def _sweep(self, now: datetime) -> None:
        """Forget what ended long ago, and the oldest where there are too many."""
        over = [each for each in self._known.values() if not each.is_running]
        over.sort(key=lambda each: each.started_at)
        too_many = max(0, len(self._known) - MOST + 1)
        for place, work in enumerate(over):
            if place < too_many or work.started_at + KEPT <= now:
                del self._known[work.token]
