"""What the API refuses, as one exception that knows its status."""

from __future__ import annotations

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - an answer that is raised, not a fault
    """A request that is answered with an error.

    Args:
        status: The HTTP status, 400 to 599.
        messages: What is wrong, a sentence each; at least one.
        headers: Further headers of the answer, such as Retry-After.
    """

    def __init__(self, status: int, *messages: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, *messages)
        self.status = status
        self.messages = messages
        self.headers: dict[str, str] = dict(headers or {})


def bad_request(*messages: str) -> Refusal:
    """A 400: the request itself is wrong.

    Args:
        messages: What is wrong with it, a sentence each.
    """
    return Refusal(400, *messages)


def not_found(what: str) -> Refusal:
    """A 404: there is no such thing.

    Args:
        what: What was looked for, as the message is to name it.
    """
    return Refusal(404, f"{what} does not exist")
