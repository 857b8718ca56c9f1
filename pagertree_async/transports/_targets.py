"""Where a request goes and what its headers are on the wire, checked before anything leaves."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from pagertree_async.errors import InvalidArgumentError
from pagertree_async.http import Request

PORTS = {"http": 80, "https": 443}
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE = re.compile(r"[!-~](?:[\t -~]*[!-~])?|")
QUOTED = re.compile(r"[!-~]+")
WITH_BODY = {"POST", "PUT", "PATCH"}


class Target(NamedTuple):
    """Scheme, host and port of a URL, and the value of its Host header."""

    scheme: str
    host: str
    port: int
    netloc: bytes


def target(url: str) -> Target:
    """Where ``url`` leads.

    Raises:
        InvalidArgumentError: It leads nowhere; the message does not repeat it.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        if scheme in PORTS and host and host.isascii() and "@" not in parts.netloc:
            name = bracketed(host)
            netloc = name if port in {None, PORTS[scheme]} else f"{name}:{port}"
            return Target(scheme, host, port or PORTS[scheme], netloc.encode())
    except ValueError:
        pass
    message = "the URL must begin with https:// or http:// and a host in ASCII, without credentials"
    raise InvalidArgumentError(message)


def requested(request: Request) -> str:
    """What is asked for at a target, path and query, as it stands in the URL.

    Raises:
        InvalidArgumentError: HTTP does not allow it, or the method.
    """
    if not HEADER_NAME.fullmatch(request.method):
        raise InvalidArgumentError("the request's method is not one that HTTP allows")
    if not QUOTED.fullmatch(request.url):
        raise InvalidArgumentError("the URL cannot be sent: it has characters that must be quoted")
    url = request.url
    begins = url.find("/", url.find("://") + 3)
    if begins > 0 and "#" not in url and url.find("?", 0, begins) < 0 and url[-1] != "?":
        return url[begins:]  # nearly always: taking all of it apart costs more than the rest of the request
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"


def encoded_headers(request: Request, netloc: bytes) -> list[tuple[bytes, bytes]]:
    """The headers as they go over the wire, with what HTTP needs. Credentials are in clear: never keep the result.

    Raises:
        InvalidArgumentError: HTTP does not allow one of them; the message does not repeat its value.
    """
    headers = [(b"host", netloc)]
    for name, value in request.revealed_headers():
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            message = f"the header {name!r} cannot be sent: its name or value has characters that HTTP does not allow"
            del value, headers
            raise InvalidArgumentError(message)
        if name != "host":
            headers.append((name.encode(), value.encode()))
    if request.body or request.method in WITH_BODY:
        headers.append((b"content-length", b"%d" % len(request.body)))
    return headers


def bracketed(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host
