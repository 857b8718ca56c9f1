"""What PagerDuty refuses, with its codes."""

from __future__ import annotations

from collections.abc import Mapping

from pagertree_async.sandbox.errors import Refusal

INTERNAL = 2000
"""The one code that API v1 sends with status 500: it may be tried again."""

MESSAGES = {
    INTERNAL: "Internal Error",
    2001: "Invalid Input Provided",
    2002: "Arguments Caused Error",
    2003: "Missing Arguments",
    2004: "Invalid 'since' or 'until' Parameter Values",
    2005: "Invalid Query Date Range",
    2006: "Authentication Failed",
    2007: "Account Not Found",
    2008: "Account Locked",
    2009: "Only HTTPS Allowed For This Call",
    2010: "Access Denied",
    2100: "Not Found",
    3004: "Unknown Schedule",
}
"""What each code stands for."""


class Refused(Refusal):
    """A request that is answered with an error and its code.

    Args:
        status: The HTTP status.
        code: PagerDuty's code.
        details: What is wrong, a sentence each.
        headers: Further headers of the answer.
    """

    def __init__(self, status: int, code: int, *details: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, *details, headers=headers)
        self.code = code


def wrong(*details: str) -> Refused:
    """A 400 for what was given.

    Args:
        details: What is wrong, a sentence each.
    """
    return Refused(400, 2001, *details)


def unknown(what: str) -> Refused:
    """A 404.

    Args:
        what: What there is not.
    """
    return Refused(404, 2100, f"{what} not found")


def described(refusal: Refusal) -> dict[str, object]:
    """The body of an error.

    Args:
        refusal: What was refused.
    """
    code = refusal.code if isinstance(refusal, Refused) else {405: 2100, 429: 2020}.get(refusal.status, 2000)
    message = MESSAGES.get(code, refusal.messages[0])
    return {"error": {"message": message, "code": code, "errors": list(refusal.messages)}}
