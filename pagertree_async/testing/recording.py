"""A transport that records what an API answered, and replays it without one; what is secret is gone before it is kept."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Collection
from difflib import SequenceMatcher
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast, get_args
from urllib.parse import urlsplit

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.http import BlockingTransport, Request, Response, Transport
from pagertree_async.testing.cassette import Exchange, Said, answer, heard, load, said, save
from pagertree_async.testing.redaction import Hide, Redaction
from pagertree_async.transports import by_name

RecordingMode = Literal["none", "once", "new", "all"]
MODES: tuple[str, ...] = get_args(RecordingMode)
HINT = "hint: mode='new', or pytest's --pagertree-record=new, records it; 'all' records everything anew"
NEAREST = 3
"""How many recorded requests an error shows."""
SHOWN = 300
"""How much of a body an error shows, in characters."""


class NotRecordedError(AssertionError):
    """A request was made that the recording has no answer to. It is no error of the API's, which code may handle."""


class Recording:
    """Answers that were recorded, to be replayed; usable as ``with``, which writes the file.

    A recorded request is one of the same method, address and body, whatever the order of its query. One that was made
    several times is answered in the order of then, each answer once: attempts that failed with a status are recorded,
    and replayed, like the rest. Those without any answer are not.

    Kept are the status, a few headers, and the body; of a request no header at all. Values whose names are those of
    secrets, credentials wherever they turn up, logins and their answers are replaced by stars before they are kept.

    Args:
        path: The file; its folders are made.
        mode: ``none`` replays, and refuses what was not recorded. ``once`` records when there is no file, and else
            replays. ``new`` replays what was recorded, and records the rest. ``all`` records everything anew.
        hide: Takes each text that is to be kept and gives what is to be kept in its place, such as
            ``without_people``; the same for the same, since requests are compared by it.

    Raises:
        InvalidArgumentError: There is no such mode.
        ConfigurationError: The file is no recording.

    >>> import tempfile
    >>> from pagertree_async import PagerTree
    >>> from pagertree_async.sandbox import Sandbox
    >>> from pagertree_async.transports import ASGITransport
    >>> path = Path(tempfile.mkdtemp()) / "teams.json"
    >>> def teams(transport):
    ...     with PagerTree("a token", transport=transport) as client:
    ...         return [team.name for team in client.teams.list()]
    >>> with Sandbox() as sandbox, PagerTree(sandbox.token(), transport=Recording(path, "once").transport(
    ...     ASGITransport(sandbox.app))) as client:
    ...     recorded = [team.name for team in client.teams.list()]
    >>> recorded == teams(Recording(path).transport())
    True
    """

    def __init__(self, path: str | os.PathLike[str], mode: RecordingMode = "none", *, hide: Hide | None = None) -> None:
        if mode not in MODES:
            message = f"there is no mode {mode!r} of recording; there are {', '.join(MODES)}"
            raise InvalidArgumentError(message)
        self.path: Path = Path(path)
        self.mode: str = mode
        self._redaction = Redaction(hide)
        there = mode != "all" and self.path.exists()
        self._exchanges: list[Exchange | None] = list(load(self.path)) if there else []
        self._waiting = list(range(len(self._exchanges)))
        self._records = mode in {"new", "all"} or (mode == "once" and not there)
        self._dirty = False
        self._lock = threading.Lock()

    @property
    def exchanges(self) -> list[Exchange]:
        """What is recorded, in the order in which the requests left."""
        return [exchange for exchange in self._exchanges if exchange is not None]

    @property
    def unplayed(self) -> list[Exchange]:
        """What was recorded in the file and has not been replayed."""
        return [exchange for exchange in map(self._exchanges.__getitem__, self._waiting) if exchange is not None]

    def transport(self, below: BlockingTransport | None = None) -> RecordingTransport:
        """A transport for a blocking client.

        Args:
            below: What sends where something is to be recorded; left out, httpx does.
        """
        return RecordingTransport(self, below)

    def async_transport(self, below: Transport | None = None) -> AsyncRecordingTransport:
        """A transport for an async client.

        Args:
            below: What sends where something is to be recorded; left out, httpx does.
        """
        return AsyncRecordingTransport(self, below)

    def _replayed(self, request: Request) -> Response | Said:
        """The recorded answer of a request; the request as it is kept where there is none, and one may be recorded."""
        with self._lock:
            asked = said(request, self._redaction)
            for number in self._waiting:
                exchange = self._exchanges[number]
                assert exchange is not None, "it was read from the file"
                if exchange.request == asked:
                    self._waiting.remove(number)
                    return answer(exchange.response)
            if not self._records:
                raise NotRecordedError(self._unknown(asked))
        return asked

    def _begun(self) -> int:
        with self._lock:
            self._exchanges.append(None)  # its place in the order; it stays empty where no answer comes
            return len(self._exchanges) - 1

    def _came(self, number: int, asked: Said, response: Response) -> None:
        with self._lock:
            login = Redaction.obtains(urlsplit(asked.url).path)
            kept = heard(response, self._redaction, login=login)
            self._exchanges[number] = Exchange(request=asked, response=kept)
            self._dirty = True

    def save(self) -> None:
        """Write the file, where there is something new; closing a client that records does it, too.

        Raises:
            OSError: It cannot be written.
        """
        with self._lock:
            if self._dirty:
                save(self.path, self.exchanges, self._redaction)
                self._dirty = False

    def _unknown(self, asked: Said) -> str:
        twins = sum(exchange.request == asked for exchange in self.exchanges)
        what = (
            f"was made more often than the {twins} time{'s' if twins > 1 else ''} that it was recorded"
            if twins
            else "was not recorded"
        )
        lines = [f"{_line(asked)} {what} in {self.path} ({len(self.exchanges)} exchanges, mode={self.mode!r})"]
        if not twins and self.exchanges:
            known = {_line(exchange.request): exchange.request for exchange in self.exchanges}
            nearest = sorted(known.values(), key=lambda one: _likeness(asked, one), reverse=True)[:NEAREST]
            lines += ["the nearest that were:", *(f"  {_line(one)}{_difference(asked, one)}" for one in nearest)]
        lines.append(HINT)
        return "\n".join(lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.save()

    def __repr__(self) -> str:
        return f"<Recording {self.path} mode={self.mode!r} {len(self.exchanges)} exchanges>"


class RecordingTransport:
    """Replays, or sends through another transport and records; for blocking clients. ``Recording`` makes it.

    Args:
        recording: What is replayed and recorded.
        below: What sends where something is to be recorded; None for httpx.
    """

    def __init__(self, recording: Recording, below: BlockingTransport | None) -> None:
        self._recording = recording
        self._below = below

    def send(self, request: Request) -> Response:
        """Bring the answer, recorded or new.

        Raises:
            NotRecordedError: It is not recorded, and is not to be.
            TransportError: There was no answer, or not a whole one.
        """
        asked = self._recording._replayed(request)  # pyright: ignore[reportPrivateUsage]
        if isinstance(asked, Response):
            return asked
        if self._below is None:
            self._below = by_name("httpx", blocking=True)
        number = self._recording._begun()  # pyright: ignore[reportPrivateUsage]
        response = self._below.send(request)
        self._recording._came(number, asked, response)  # pyright: ignore[reportPrivateUsage]
        return response

    def cut(self, threads: Collection[int]) -> None:
        """End the requests of these threads, as far as the transport below can."""
        cut = getattr(self._below, "cut", None)
        if cut is not None:
            cut(threads)

    def close(self) -> None:
        """Write what was recorded, and close the transport below."""
        try:
            self._recording.save()
        finally:
            close = getattr(self._below, "close", None)
            if close is not None:
                close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._recording!r}>"


class AsyncRecordingTransport:
    """Replays, or sends through another transport and records; for async clients. ``Recording`` makes it.

    Args:
        recording: What is replayed and recorded.
        below: What sends where something is to be recorded; None for httpx.
    """

    def __init__(self, recording: Recording, below: Transport | None) -> None:
        self._recording = recording
        self._below = below
        self.keeps_deadlines: bool = below is None or bool(getattr(below, "keeps_deadlines", False))

    async def send(self, request: Request) -> Response:
        """Bring the answer, recorded or new.

        Raises:
            NotRecordedError: It is not recorded, and is not to be.
            TransportError: There was no answer, or not a whole one.
        """
        asked = self._recording._replayed(request)  # pyright: ignore[reportPrivateUsage]
        if isinstance(asked, Response):
            return asked
        if self._below is None:
            self._below = by_name("httpx", blocking=False)
        number = self._recording._begun()  # pyright: ignore[reportPrivateUsage]
        response = await self._below.send(request)
        self._recording._came(number, asked, response)  # pyright: ignore[reportPrivateUsage]
        return response

    async def aclose(self) -> None:
        """Write what was recorded, and close the transport below."""
        try:
            self._recording.save()
        finally:
            close = getattr(self._below, "aclose", None)
            if close is not None:
                await close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._recording!r}>"


def _line(request: Said) -> str:
    body = "" if request.body is None else " " + json.dumps(next(iter(request.body.values())), ensure_ascii=False)
    return f"{request.method} {request.url}{body if len(body) <= SHOWN else body[:SHOWN] + '…'}"


def _likeness(asked: Said, known: Said) -> float:
    ours, theirs = _line(asked), _line(known)
    alike = SequenceMatcher(None, ours, theirs, autojunk=False).ratio()
    return alike + (asked.method == known.method) + (urlsplit(asked.url).path == urlsplit(known.url).path)


def _difference(asked: Said, known: Said) -> str:
    """In a few words what the two differ in, where that is not plain to see."""
    if (asked.method, asked.url) != (known.method, known.url) or asked.body == known.body:
        return ""
    ours, theirs = (_fields(one.body) for one in (asked, known))
    other = [
        name for name in (*ours, *(name for name in theirs if name not in ours)) if ours.get(name) != theirs.get(name)
    ]
    return f"   <- another {', '.join(other)}" if other else "   <- another body"


def _fields(body: dict[str, Any] | None) -> dict[str, Any]:
    value = None if body is None else next(iter(body.values()))
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
