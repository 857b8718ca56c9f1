"""A request to API v4 as its operations see it: who asks, for what, of which records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.records import Records


@dataclass(frozen=True, slots=True)
class Call:
    """One request by a known caller.

    Args:
        records: The account's objects.
        caller_id: The account user whose key came.
        params: What the path's placeholders stand for.
        query: The query's parameters by name.
        body: The body, an empty object when there was none.
    """

    records: Records
    caller_id: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: Object

    def subject(self, name: str) -> Object:
        """The object in the path.

        Args:
            name: The name of its resource.

        Raises:
            Refusal: 404, when there is none.
        """
        return self.records.fetch(name, self.params["id"])


Operation = Callable[[Call], Answer]
