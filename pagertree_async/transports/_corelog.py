"""What HTTPCore's own log shows of our exchanges: of an answer's head what may be seen, and no credentials.

HTTPCore logs the heads of answers as they came, and servers repeat what they were sent. What it logs while one of our
connections speaks is therefore rewritten before anybody is handed it; what it logs for others stays as it is.
"""

from __future__ import annotations

import logging
import re
from ast import literal_eval
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from http.client import responses
from typing import Any
from urllib.parse import unquote_to_bytes

from pagertree_async.http import Request, Secret
from pagertree_async.telling import SHOWN
from pagertree_async.transports._proxies import Proxy

STARS = "***"
RUN = 4
"""So many bytes in a row that were sent are taken for a part of a credential: a shorter one protects nothing."""
HARMLESS = re.compile(r"\w+\.\w+(?: request=<Request \[b'[A-Z]+'\]>)?")
FAILED = re.compile(r"(\w+\.failed exception=\w+)\(.*\)", re.DOTALL)
HEAD = re.compile(r"(\w+\.complete return_value=)(\(.*\))", re.DOTALL)


class Speaking:
    """Stands around an exchange of ours, in the task or thread that speaks.

    Args:
        request: What is asked, None where only the proxy is spoken to.
        proxy: The proxy that it goes through, or None.
    """

    __slots__ = ("before", "to")

    def __init__(self, request: Request | None, proxy: Proxy | None) -> None:
        self.to: tuple[Request | None, Proxy | None] | None = (request, proxy)
        self.before: Speaking | None = None

    def __enter__(self) -> None:
        self.before = SPEAKING.get()
        SPEAKING.set(self)

    def __exit__(self, *exc: object) -> None:
        self.to = None  # a timer may keep the context for a while: not with the request
        if SPEAKING.get() is self:  # a task that nobody awaits any more is ended in another's context
            SPEAKING.set(self.before)

    def told(self) -> bytes:
        """The credentials that leave in headers, and the body, which may hold others; each as it is, and decoded."""
        request, proxy = self.to or (None, None)
        body = request.body if request else b""
        values = [value for _, value in request.headers if isinstance(value, Secret)] if request else []
        if proxy is not None and proxy.authorization is not None:
            values.append(proxy.authorization)
        sent = [body, unquote_to_bytes(body.replace(b"+", b" "))]
        for value in values:
            shown = value.reveal().encode()
            sent.append(shown)
            with suppress(ValueError):
                sent.append(b64decode(shown.rpartition(b" ")[2]))
        return b"\n".join(sent)


SPEAKING: ContextVar[Speaking | None] = ContextVar("speaking", default=None)


def _value(name: bytes, value: bytes, told: bytes) -> tuple[bytes, bytes]:
    if name.lower().decode("latin-1") not in SHOWN:
        return STARS.encode(), STARS.encode()
    repeats = any(value[at : at + RUN] in told for at in range(len(value) - RUN + 1))
    return name, STARS.encode() if repeats else value


def _head(text: str, told: bytes) -> str:
    """The head of an answer, as HTTPCore writes it, with stars for what must not be seen."""
    try:
        version, status, reason, headers = literal_eval(text)
        usual = reason.decode("latin-1") == responses.get(status)
        shown: Any = [_value(name, value, told) for name, value in headers]
        return repr((version, status, reason if usual else STARS.encode(), shown))
    except (ValueError, TypeError, SyntaxError, AttributeError, MemoryError, RecursionError):
        return STARS


def concealed(message: str, told: Callable[[], bytes]) -> str:
    """A line of HTTPCore's log with stars for what must not be seen; all of it where the line is not a known one.

    >>> concealed("receive_response_headers.failed exception=RemoteProtocolError('illegal header line')", bytes)
    'receive_response_headers.failed exception=RemoteProtocolError(***)'
    """
    if HARMLESS.fullmatch(message):
        return message
    found = FAILED.fullmatch(message)
    if found:
        return f"{found[1]}({STARS})"
    found = HEAD.fullmatch(message)
    return f"{found[1]}{_head(found[2], told())}" if found else STARS


class _Conceal(logging.Filter):
    """Rewrites what HTTPCore logs while one of our connections speaks; it is asked only for what is logged."""

    def filter(self, record: logging.LogRecord) -> bool:
        speaking = SPEAKING.get()
        if speaking is not None and speaking.to is not None:
            record.msg, record.args = concealed(record.getMessage(), speaking.told), None
        return True


CONCEAL = _Conceal()


def conceal(core: str) -> None:
    """Have the log of ``core``, HTTPCore or what has taken its place, show no credentials of ours; again does nothing.

    Args:
        core: The name of the module.
    """
    logging.getLogger(f"{core}.http11").addFilter(CONCEAL)
