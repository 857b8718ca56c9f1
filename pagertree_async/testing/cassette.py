"""The file of a recording: JSON to be read, compared and edited by people, replaced as a whole or not at all."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec

from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Headers, Request, Response
from pagertree_async.testing.redaction import Redaction

VERSION = 1
KEPT = ("content-type", "date", "link", "location", "ratelimit-reset", "retry-after", "x-request-id")
"""The headers of an answer that are kept; of a request none is, beyond what its body is."""
FORM = "application/x-www-form-urlencoded"


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request as it is kept: redacted.

    Attributes:
        method: The HTTP method.
        url: The address, its query sorted by name.
        body: The body: ``{"json": ...}``, ``{"form": ...}``, ``{"text": ...}`` or ``{"base64": ...}``; None for none.
    """

    method: str
    url: str
    body: dict[str, Any] | None = None


class Heard(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer as it is kept: redacted.

    Attributes:
        status: The HTTP status.
        headers: The headers that are kept.
        body: The body, as that of a request.
    """

    status: int
    headers: dict[str, str] = {}
    body: dict[str, Any] | None = None


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A request and its answer.

    Attributes:
        request: The request.
        response: Its answer.
    """

    request: Said
    response: Heard


class Cassette(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds.

    Attributes:
        version: Of the file's form.
        exchanges: The exchanges, in the order in which the requests left.
    """

    version: int
    exchanges: list[Exchange]


def said(request: Request, redaction: Redaction) -> Said:
    """A request as it is kept."""
    redaction.learn_from(request)
    parts = urlsplit(request.url)
    login = Redaction.obtains(parts.path)
    kind = next((value for name, value in request.headers if name == "content-type" and isinstance(value, str)), "")
    body = _body(request.body, kind, redaction, login=login)  # before the address: what it hides is hidden there, too
    pairs = sorted(redaction.query(parse_qsl(parts.query, keep_blank_values=True)), key=lambda pair: pair[0])
    path = redaction.known(parts.path)
    url = f"{parts.scheme}://{parts.netloc}{path}{'?' + urlencode(pairs, safe='*:,') if pairs else ''}"
    return Said(method=request.method, url=url, body=body)


def heard(response: Response, redaction: Redaction, *, login: bool) -> Heard:
    """An answer as it is kept.

    Args:
        response: The answer.
        redaction: What hides credentials.
        login: Whether it brings credentials.
    """
    body = _body(response.body, response.headers.get("content-type", ""), redaction, login=login)
    headers = {name: redaction.text(response.headers[name]) for name in KEPT if name in response.headers}
    return Heard(status=response.status, headers=headers, body=body)


def answer(kept: Heard) -> Response:
    """The answer that a kept one stands for."""
    return Response(status=kept.status, headers=Headers(kept.headers.items()), body=_encoded(kept.body))


def _body(body: bytes, kind: str, redaction: Redaction, *, login: bool) -> dict[str, Any] | None:
    if not body:
        return None
    try:
        text = body.decode()
    except UnicodeDecodeError:
        hidden = redaction.known(body.decode("latin-1")).encode("latin-1")
        return {"base64": base64.b64encode(hidden).decode()}
    try:
        value = redaction.value(json.loads(text), login=login)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        if kind.partition(";")[0].strip().lower() == FORM:
            return {"form": redaction.value(dict(parse_qsl(text, keep_blank_values=True)), login=login)}
        return {"text": redaction.text(text)}
    return {"json": value}


def _encoded(body: dict[str, Any] | None) -> bytes:
    if body is None:
        return b""
    (kind, value), *_ = body.items()
    return _ENCODE[kind](value)


_ENCODE: dict[str, Callable[[Any], bytes]] = {
    "json": lambda value: json.dumps(value, separators=(",", ":")).encode(),
    "form": lambda value: urlencode(value).encode(),
    "text": str.encode,
    "base64": base64.b64decode,
}


def load(path: Path) -> list[Exchange]:
    """The exchanges of a file.

    Raises:
        ConfigurationError: It cannot be read, or is no recording.
    """
    try:
        kept = msgspec.convert(json.loads(path.read_text("utf-8")), Cassette)
    except (OSError, ValueError, RecursionError, msgspec.ValidationError) as error:
        message = f"{path} is no recording that can be read: {error}"
        raise ConfigurationError(message, hint="Remove it, and record it again with mode='once'") from error
    if kept.version != VERSION:
        message = f"{path} is a recording of version {kept.version}; this package reads version {VERSION}"
        raise ConfigurationError(message, hint="Remove it, and record it again with mode='once'")
    return kept.exchanges


def save(path: Path, exchanges: list[Exchange], redaction: Redaction) -> None:
    """Write a file, as a whole: who reads it meanwhile reads the old one.

    Raises:
        OSError: It cannot be written.
    """
    cassette = msgspec.to_builtins(Cassette(version=VERSION, exchanges=exchanges))
    # Once more as a whole: an exchange may hold what only a later one told to be a secret.
    text = json.dumps(redaction.throughout(cassette), indent=2, ensure_ascii=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text.encode("utf-8", "backslashreplace"))
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
