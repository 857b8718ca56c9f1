"""What can go wrong with PagerDuty, beside what can with every API.

::

    InvalidArgumentError
    └── UrlError                       an address that cannot be called, or not in this way; nothing was sent
    APIError
    └── ScheduleError                  the schedule entries answered with one of their own codes
        ├── EntriesFailedError         2000 internal error
        ├── InvalidInputError          2001 invalid input
        ├── WrongArgumentsError        2002 the arguments caused an error
        ├── MissingArgumentsError      2003 arguments are missing
        ├── InvalidMomentError         2004 since or until is none
        ├── InvalidRangeError          2005 the range is too long, or the wrong way round
        ├── CredentialsRefusedError    2006 authentication failed    (also an AuthenticationError)
        ├── UnknownAccountError        2007 account not found        (also a NotFoundError)
        ├── LockedAccountError         2008 account locked           (also a PermissionDeniedError)
        ├── HTTPSRequiredError         2009 HTTPS only
        └── UnknownScheduleError       3004 unknown schedule         (also a NotFoundError)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from pagertree_async.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    InvalidArgumentError,
    NotFoundError,
    PermissionDeniedError,
    ServerError,
    api_error,
)
from pagertree_async.http import Headers


class UrlError(InvalidArgumentError):
    """An address that cannot be called, or not in this way. Nothing was sent."""


class ScheduleError(APIError):
    """The schedule entries answered with an error that has a code of its own.

    Attributes:
        code: PagerDuty's code, 2000 to 3004.
        details: What PagerDuty says of it, for people; its words and their form may change.
    """

    def __init__(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: bytes = b"", hint: str | None = None
    ) -> None:
        super().__init__(status, headers=headers, body=body, hint=hint)
        told = _told(body)
        self.code: int = told.code if told else 0
        self.details: tuple[str, ...] = tuple(told.errors) if told else ()


class EntriesFailedError(ScheduleError, ServerError):
    """2000: PagerDuty failed. With a status of 500 it was tried again; it can be later."""


class InvalidInputError(ScheduleError, BadRequestError):
    """2001: something that was given is not valid."""


class WrongArgumentsError(ScheduleError, BadRequestError):
    """2002: what was given led to an error."""


class MissingArgumentsError(ScheduleError, BadRequestError):
    """2003: something has to be given that was not."""


class InvalidMomentError(ScheduleError, BadRequestError):
    """2004: since or until is not a moment."""


class InvalidRangeError(ScheduleError, BadRequestError):
    """2005: the range is longer than three months, or the wrong way round."""


class CredentialsRefusedError(ScheduleError, AuthenticationError):
    """2006: authentication failed."""


class UnknownAccountError(ScheduleError, NotFoundError):
    """2007: there is no account of that subdomain."""


class LockedAccountError(ScheduleError, PermissionDeniedError):
    """2008: the account is locked."""


class HTTPSRequiredError(ScheduleError, BadRequestError):
    """2009: only HTTPS is allowed."""


class UnknownScheduleError(ScheduleError, NotFoundError):
    """3004: there is no such schedule."""


BY_CODE: dict[int, type[ScheduleError]] = {
    2000: EntriesFailedError,
    2001: InvalidInputError,
    2002: WrongArgumentsError,
    2003: MissingArgumentsError,
    2004: InvalidMomentError,
    2005: InvalidRangeError,
    2006: CredentialsRefusedError,
    2007: UnknownAccountError,
    2008: LockedAccountError,
    2009: HTTPSRequiredError,
    3004: UnknownScheduleError,
}


class _Told(msgspec.Struct):
    code: int
    errors: list[str] = []


class _Answer(msgspec.Struct):
    error: _Told


def _told(body: bytes) -> _Told | None:
    try:
        return msgspec.json.decode(body, type=_Answer).error
    except (msgspec.DecodeError, RecursionError):
        return None


def entries_error(status: int, headers: Headers, body: bytes) -> APIError:
    """The error that an answer of the schedule entries stands for, in the class of its code."""
    told = _told(body)
    kind = BY_CODE.get(told.code) if told else None
    return kind(status, headers=headers, body=body) if kind else api_error(status, headers, body)


def rest_error(status: int, headers: Headers, body: bytes) -> APIError:
    """The error that an answer of the REST API stands for.

    With a 429 it says in ``ratelimit-reset`` in how many seconds the next request may leave.
    """
    reset = headers.get("ratelimit-reset", "").strip()
    if status == 429 and "retry-after" not in headers and re.fullmatch(r"[0-9]{1,9}", reset, re.ASCII):
        headers = Headers([*headers.pairs, ("retry-after", reset)])
    return api_error(status, headers, body)
