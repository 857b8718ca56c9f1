"""A call that no service knows, everything in it checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET

from pagertree_async.addresses import checked_path, encoded_query
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.http import Response, Timeout
from pagertree_async.params import encoded_body
from pagertree_async.retry import RetryPolicy, Safety
from pagertree_async.session import Call

SAFETY = {"GET": Safety.READ, "HEAD": Safety.READ, "PUT": Safety.IDEMPOTENT, "DELETE": Safety.IDEMPOTENT}
OURS = frozenset(
    {"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect"}
    | {"accept-encoding", "authorization", "proxy-authorization"}
)
"""Headers that a caller cannot set: they frame the request, or prove who sends it."""
HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}", re.ASCII)


def raw_call(
    method: str,
    path: str,
    params: Mapping[str, Any] | None,
    json: object,
    headers: Mapping[str, str] | None,
    timeout: float | Timeout | None,
    retry: RetryPolicy | None,
) -> Call:
    """A call of what the services do not know, everything in it checked.

    Raises:
        InvalidArgumentError: The path leads elsewhere, or a value cannot be sent.
    """
    if not isinstance(method, str) or not method.isascii() or not method.isalpha():  # pyright: ignore[reportUnnecessaryIsInstance]
        message = f"not an HTTP method: {str(method)[:40]!r}"
        raise InvalidArgumentError(message)
    verb = method.upper()
    check_retry(retry)
    return Call(
        method=verb,
        path=checked_path(path),
        query=encoded_query(params or {}),
        body=b"" if json is None else encoded_body(json),
        safety=SAFETY.get(verb, Safety.CREATE),
        timeout=UNSET if timeout is None else timeout,
        retry=UNSET if retry is None else retry,
        headers=tuple(_header(name, value) for name, value in (headers or {}).items()),
    )


def as_it_is(response: Response) -> Response:
    """What becomes of the answer to a raw call: nothing."""
    return response


def check_retry(retry: object) -> None:
    """Refuse what is no policy.

    Raises:
        InvalidArgumentError: It is neither a policy nor None.
    """
    if retry is not None and not isinstance(retry, RetryPolicy):
        message = f"retry must be a RetryPolicy, not {type(retry).__name__}"
        raise InvalidArgumentError(message)


def _header(name: str, value: str) -> tuple[str, str]:
    known = isinstance(name, str) and isinstance(value, str)  # pyright: ignore[reportUnnecessaryIsInstance]
    if not known or not HEADER.fullmatch(name) or not value.isascii() or not value.isprintable():
        message = f"the header {str(name)[:40]!r} is not one, or has a value that no header can carry"
        raise InvalidArgumentError(message)
    if name.lower() in OURS or name.lower().startswith("x-api-"):
        message = f"the header {name[:40]!r} frames the request or proves who sends it: it cannot be given here"
        raise InvalidArgumentError(message)
    return name.lower(), value
