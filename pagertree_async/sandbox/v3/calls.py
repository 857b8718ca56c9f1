"""A request to API v3 as its operations see it: who asks, for what, of which records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.errors import Refusal
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
