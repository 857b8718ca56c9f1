"""A request to PagerDuty as its operations see it, and the pages that lists are answered in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pagertree_async.sandbox.doors import Answer
from pagertree_async.sandbox.identity import iso
from pagertree_async.sandbox.pagerduty.account import KINDS, Account, shown
from pagertree_async.sandbox.pagerduty.duty import seconds
from pagertree_async.sandbox.pagerduty.refusals import wrong
from pagertree_async.sandbox.store import Object, Question

REACH = 10_000
"""Offset and limit together must not exceed this."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request.

    Args:
        account: The account's objects.
        params: What the path's placeholders stand for.
        query: The query's names and values as they came.
        headers: The headers, by name in small letters.
        body: The body as it came.
        base: The root of the API, as the request came to it.
        user_id: Whose token it was made with, None for a key of the account.
    """

    account: Account
    params: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes
    base: str
    user_id: str | None

    @property
    def id(self) -> str:
        """The id in the path."""
        return self.params["id"]

    def one(self, name: str) -> str | None:
        """A query value, None when it is not there.

        Args:
            name: Its name.
        """
        return next((value for given, value in self.query if given == name), None)

    def many(self, name: str) -> list[str]:
        """The values of a list in the query.

        Args:
            name: Its name, without brackets.
        """
        return [value for given, value in self.query if given == f"{name}[]"]

    def on(self, name: str) -> bool:
        """Whether a query value says yes.

        Args:
            name: Its name.
        """
        return self.one(name) == "true"

    def moment(self, name: str) -> int | None:
        """A query value as unix seconds, None when it is not there.

        Args:
            name: Its name.

        Raises:
            Refused: 400, when it is no moment, or in no year that can be reckoned with.
        """
        text = self.one(name)
        if text is None:
            return None
        try:
            return seconds(text)
        except ValueError:
            message = f"{name} is not a date, or too far away"
            raise wrong(message) from None

    def given(self, wrapper: str) -> Any:
        """What the body has in its wrapper.

        Args:
            wrapper: The wrapper's name.

        Raises:
            Refused: 400, when the body is no JSON, or has no such wrapper.
        """
        body = self.whole()
        if wrapper not in body:
            message = f"{wrapper} is missing"
            raise wrong(message)
        return body[wrapper]

    def whole(self) -> Object:
        """The body.

        Raises:
            Refused: 400, when it is no JSON object.
        """
        try:
            return msgspec.json.decode(self.body or b"{}", type=Object)
        except (msgspec.DecodeError, RecursionError):
            raise wrong("The request body is not a JSON object") from None

    def answer(self, wrapper: str | None, value: Any, status: int = 200) -> Answer:
        """An answer of what is shown of a value.

        Args:
            wrapper: What it is wrapped in, None for nothing.
            value: The value.
            status: The HTTP status.
        """
        body = shown(value, self.base)
        return Answer(msgspec.json.encode(body if wrapper is None else {wrapper: body}), status)


Operation = Callable[[Call], Answer]
NOTHING = Answer(b"", 204)


def number(call: Call, name: str, default: int, low: int, high: int) -> int:
    """A whole number of the query.

    Args:
        call: The request.
        name: The number's name.
        default: What it is when it is not there.
        low: The least it may be.
        high: The most it may be.

    Raises:
        Refused: 400, when it is none, or out of its bounds.
    """
    text = call.one(name)
    if text is None:
        return default
    if not re.fullmatch(r"[0-9]{1,6}", text) or not low <= int(text) <= high:
        message = f"{name} must be a number from {low} to {high}"
        raise wrong(message)
    return int(text)


def window(call: Call) -> tuple[int, int]:
    """Which rows of a classic list are wanted: the offset and the limit.

    Args:
        call: The request.

    Raises:
        Refused: 400, when it lies beyond what classic pages reach.
    """
    limit, offset = number(call, "limit", 25, 1, 100), number(call, "offset", 0, 0, 999_999)
    if offset + limit > REACH:
        message = f"Offset and limit must not exceed {REACH} together"
        raise wrong(message)
    return offset, limit


def page(call: Call, plural: str, question: Question, wrapper: str | None = None) -> Answer:
    """A classic page of stored objects.

    Args:
        call: The request.
        plural: Which objects.
        question: Which of them, in which order.
        wrapper: What they are wrapped in, when it is not their own name.
    """
    offset, limit = window(call)
    rows, total = call.account.store.page(plural, question, offset, limit)
    items = [msgspec.json.decode(row, type=Object) for row in rows]
    return enveloped(call, wrapper or plural, items, total, offset, limit)


def page_of(call: Call, wrapper: str, items: list[Object]) -> Answer:
    """A classic page of objects that were worked out.

    Args:
        call: The request.
        wrapper: What they are wrapped in.
        items: All of them.
    """
    offset, limit = window(call)
    return enveloped(call, wrapper, items[offset : offset + limit], len(items), offset, limit)


def enveloped(call: Call, wrapper: str, items: list[Object], total: int, offset: int, limit: int) -> Answer:
    """The envelope of a classic page.

    Args:
        call: The request.
        wrapper: What the rows are wrapped in.
        items: The rows.
        total: How many there are in all; it is told only when it was asked for.
        offset: Where the page begins.
        limit: How many rows it may have.
    """
    body = {
        wrapper: shown(items, call.base),
        "offset": offset,
        "limit": limit,
        "more": offset + len(items) < total,
        "total": total if call.on("total") else None,
    }
    return Answer(msgspec.json.encode(body))


def cursored(call: Call, plural: str, question: Question) -> Answer:
    """A page of a list that is gone through with a cursor.

    Args:
        call: The request.
        plural: Which objects.
        question: Which of them, in which order.

    Raises:
        Refused: 400, when the cursor is not one of ours.
    """
    limit = number(call, "limit", 25, 1, 100)
    cursor = call.one("cursor") or "after-0"
    if not re.fullmatch(r"after-[0-9]{1,9}", cursor):
        raise wrong("The cursor is invalid")
    offset = int(cursor.removeprefix("after-"))
    rows, total = call.account.store.page(plural, question, offset, limit)
    items = [msgspec.json.decode(row, type=Object) for row in rows]
    more = offset + len(items) < total
    body = {
        plural: shown(items, call.base),
        "limit": limit,
        "next_cursor": f"after-{offset + len(items)}" if more else None,
    }
    return Answer(msgspec.json.encode(body))


def filtered(call: Call, plural: str, further: Mapping[str, str] | None = None) -> Question:
    """What a list's query asks for.

    Args:
        call: The request.
        plural: Which objects.
        further: Lists in the query, each with the SQL that gives the ids that an object has for it.
    """
    wheres: list[str] = []
    values: list[str | int | float] = []
    searched = call.one("query")
    if searched:
        found = [f"instr(lower(json_extract(body, '$.{name}')), lower(?)) > 0" for name in KINDS[plural].searched]
        wheres.append(f"({' OR '.join(found)})")
        values += [searched] * len(found)
    for name, sql in (further or {}).items():
        wanted = call.many(name)
        if wanted:
            wheres.append(f"EXISTS (SELECT 1 FROM ({sql}) AS has WHERE has.value IN ({','.join('?' * len(wanted))}))")  # noqa: S608 - our own SQL
            values += wanted
    for name, compared in (("since", ">="), ("until", "<")):
        moment = call.moment(name)
        if moment is not None:
            wheres.append(f"created_at {compared} ?")
            values.append(iso(moment))
    return Question(" AND ".join(wheres), "", tuple(values))


def ids_within(path: str, each: str = "$.id") -> str:
    """SQL that gives the ids in a list of an object.

    Args:
        path: The JSON path of the list.
        each: The JSON path of the id in each of its elements.
    """
    return f"SELECT json_extract(value, '{each}') AS value FROM json_each(body, '{path}')"  # noqa: S608 - our own paths


def value_at(path: str) -> str:
    """SQL that gives one value of an object.

    Args:
        path: Its JSON path.
    """
    return f"SELECT json_extract(body, '{path}') AS value"
