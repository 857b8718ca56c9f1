"""A request to API v3 as its operations see it: who asks, for what, of which records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.errors import Refusal, bad_request
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v3.records import Records


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Args:
        user_id: The user's id; a key stands for the account's first administrator.
        admin: Whether the user may administer the account.
    """

    user_id: str
    admin: bool


@dataclass(frozen=True, slots=True)
class Call:
    """One request by a known caller.

    Args:
        records: The account's objects.
        caller: Who asks.
        params: What the path's placeholders stand for.
        query: The query's parameters by name.
        body: The body, an empty object when there was none.
    """

    records: Records
    caller: Caller
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Object

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.params["id"]

    def need_admin(self, what: str) -> None:
        """Go on only for an administrator.

        Args:
            what: What is to be done, for the message.

        Raises:
            Refusal: 403.
        """
        if not self.caller.admin:
            message = f"Only an administrator may {what}"
            raise Refusal(403, message)


Operation = Callable[[Call], Answer]


def parsed(body: bytes) -> Object:
    """A request's body.

    Args:
        body: The JSON text; nothing counts as an empty object.

    Raises:
        Refusal: 400, when it is not a JSON object.
    """
    if not body.strip():
        return {}
    try:
        found: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_request("The body is not valid JSON") from None
    if not isinstance(found, dict):
        raise bad_request("The body must be a JSON object")
    return msgspec.convert(found, Object)


def answered(value: object, status: int = 200) -> Answer:
    """An answer of something that is JSON once encoded.

    Args:
        value: What to answer.
        status: The HTTP status.
    """
    return Answer(msgspec.json.encode(value), status)


NOTHING = Answer(b"", 204)
"""What a removal answers."""
