"""What a list's query asks for: which objects, in which order, and which page of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from pagertree_async.sandbox.conditions import BETWEEN, OPERATIONS, Kind, condition, path_of
from pagertree_async.sandbox.errors import bad_request
from pagertree_async.sandbox.orders import Along, Bound
from pagertree_async.sandbox.store import Object, Question, Store

DEFAULT_LIMIT = 10
MAXIMUM_LIMIT = 100

# What SQLite can count to.
_LARGEST = 2**63 - 1 - MAXIMUM_LIMIT


@dataclass(frozen=True, slots=True)
class Words:
    """How a version of the API words a list's query.

    Args:
        direction: The parameter that says which way to sort.
        further: Parameters that are not attributes, beside those that every version has.
        operations: The operations that a filter can have.
        aliases: Attributes that go by another name as well, by that name.
    """

    direction: str
    further: frozenset[str] = frozenset()
    operations: tuple[str, ...] = OPERATIONS
    aliases: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def reserved(self) -> frozenset[str]:
        """The parameters that are not attributes."""
        return frozenset({"limit", "offset", "page", "ops", "sort", self.direction}) | self.further


WORDS = Words("sortdirection", frozenset({"select"}))
"""The words where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is wanted.

    Args:
        offset: How many objects to leave out at the start.
        limit: How many to give at most, 1 to 100.
    """

    offset: int
    limit: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list's query, understood.

    Args:
        question: Which objects, in which order.
        window: Which part of them.
        select: The only attributes to give, or none for all.
    """

    question: Question
    window: Window
    select: tuple[str, ...]

    def among(self, sql: str, *values: str) -> Listing:
        """The same of only some of the rows.

        Args:
            sql: The condition that they fulfil.
            values: What its placeholders stand for.
        """
        asked = self.question
        where = f"{sql} AND {asked.where}" if asked.where else sql
        return Listing(Question(where, asked.order, (*values, *asked.values)), self.window, self.select)


def parameters(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A query's parameters by name.

    Args:
        pairs: The names and values as they came.

    Raises:
        Refusal: 400, when a name comes twice.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            message = f"'{name}' is given more than once"
            raise bad_request(message)
        found[name] = value
    return found


def window(query: Mapping[str, str]) -> Window:
    """The part of a list that a query asks for.

    Args:
        query: The parameters by name.

    Raises:
        Refusal: 400, when limit, offset or page is not a number within its bounds, or offset and page both are given.
    """
    limit = _number(query, "limit", DEFAULT_LIMIT, 1, MAXIMUM_LIMIT)
    if "page" not in query:
        return Window(_number(query, "offset", 0, 0, _LARGEST), limit)
    if "offset" in query:
        raise bad_request("'offset' and 'page' are alternatives: give one of them")
    return Window((_number(query, "page", 1, 1, _LARGEST // MAXIMUM_LIMIT) - 1) * limit, limit)


def listing(query: Mapping[str, str], kinds: Mapping[str, Kind], words: Words = WORDS) -> Listing:
    """Understand a list's query.

    Args:
        query: The parameters by name.
        kinds: How each known attribute compares; others go by what is stored.
        words: How the query is worded.

    Raises:
        Refusal: 400, with what is wrong in it.
    """
    operations = _operations(query, words.operations)
    conditions: list[_Condition] = []
    for name, value in query.items():
        if name not in words.reserved:
            known, operation = words.aliases.get(name, name), operations.pop(name, "equals")
            kind = kinds.get(known, "any")
            for one, compared in _bounds(name, value) if operation == BETWEEN else [(operation, value)]:
                conditions.append(_Condition(known, one, *condition(known, kind, one, compared)))
    if operations:
        raise bad_request(*(f"'ops' names '{name}', which has no value in the query" for name in operations))
    terms = _order(query, kinds, words)
    order = ", ".join(f"json_extract(body, ?) {direction}" for _, direction in terms)
    where, values = _all(conditions)
    along = _along(conditions, terms, kinds)
    question = Question(where, order, (*values, *(path_of(name) for name, _ in terms)), along)
    select = tuple(name for name in query.get("select", "").split(",") if name)
    return Listing(question, window(query), select)


class _Condition(NamedTuple):
    """One condition of a query: what of which attribute, and that as SQL."""

    attribute: str
    operation: str
    sql: str
    values: tuple[str | int | float, ...]


def _all(conditions: Iterable[_Condition]) -> tuple[str, tuple[str | int | float, ...]]:
    """Several conditions as one."""
    every = [*conditions]
    return " AND ".join(one.sql for one in every), tuple(value for one in every for value in one.values)


def _along(conditions: list[_Condition], terms: list[tuple[str, str]], kinds: Mapping[str, Kind]) -> Along | None:
    """What is asked for as a range in the order of a moment, where it is one."""
    if not terms and not conditions:
        return Along("")
    if len(terms) != 1 or kinds.get(terms[0][0]) != "time" or "." in terms[0][0]:
        return None
    ((attribute, direction),) = terms
    ranges = [one for one in conditions if one.attribute == attribute]
    ends: dict[bool, list[Bound]] = {True: [], False: []}
    for one in ranges:
        if one.operation not in _RANGES:
            return None
        ends[one.operation[0] == "g"].append(Bound(str(one.values[-1]), one.operation.endswith("e")))
    where, values = _all(one for one in conditions if one.attribute != attribute)
    low, high = (next(iter(ends[lower]), None) for lower in (True, False))
    return Along(attribute, low, high, direction == "DESC", where, values)


_RANGES = frozenset({"gt", "gte", "lt", "lte"})


def answer(store: Store, table: str, asked: Listing) -> bytes:
    """One page of a list, as its JSON text.

    Args:
        store: Where the objects are.
        table: The name of a table or a view.
        asked: What is asked for.
    """
    rows, total = store.page(table, asked.question, asked.window.offset, asked.window.limit)
    if asked.select:
        rows = [_narrowed(row, asked.select) for row in rows]
    return envelope(rows, total, asked.window)


def envelope(rows: list[bytes], total: int, part: Window) -> bytes:
    """A page around rows that are JSON already.

    Args:
        rows: The JSON text of each object of the page.
        total: How many objects the whole list has.
        part: Which part of the list this is.
    """
    more = b"true" if part.offset + len(rows) < total else b"false"
    return b'{"data":[' + b",".join(rows) + b'],"has_more":' + more + b',"total_count":%d}' % total


def page_of(items: list[Object], part: Window) -> bytes:
    """A page of objects that were worked out instead of stored.

    Args:
        items: The whole list.
        part: Which part of it is wanted.
    """
    rows = [msgspec.json.encode(item) for item in items[part.offset : part.offset + part.limit]]
    return envelope(rows, len(items), part)


def _narrowed(row: bytes, select: tuple[str, ...]) -> bytes:
    item = msgspec.json.decode(row, type=dict[str, msgspec.Raw])
    return msgspec.json.encode({name: item[name] for name in select if name in item})


def _number(query: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    # int() would take " 1 ", "1_0" and digits of other scripts as well.
    if not re.fullmatch(r"[0-9]{1,19}", text) or not low <= int(text) <= high:
        bounds = f"between {low} and {high}" if high <= MAXIMUM_LIMIT else f"from {low}"
        message = f"'{name}' must be a whole number {bounds}"
        raise bad_request(message)
    return int(text)


def _bounds(name: str, value: str) -> list[tuple[str, str]]:
    low, dots, high = value.partition("..")
    if not (low and dots and high):
        message = f"'{name}' must be compared with two values, written A..B"
        raise bad_request(message)
    return [("gte", low), ("lte", high)]


def _operations(query: Mapping[str, str], possible: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in filter(None, query.get("ops", "").split(",")):
        name, colon, operation = part.rpartition(":")
        if not colon or not name:
            raise bad_request("'ops' must be a list of attribute:operation, separated by commas")
        if operation not in possible:
            message = f"'{operation}' is not an operation: use one of {', '.join(possible)}"
            raise bad_request(message)
        if name in found:
            message = f"'ops' names '{name}' more than once"
            raise bad_request(message)
        found[name] = operation
    return found


def _order(query: Mapping[str, str], kinds: Mapping[str, Kind], words: Words) -> list[tuple[str, str]]:
    """The attributes to order by, each with its direction."""
    direction = query.get(words.direction, "ASC").upper()
    if direction not in ("ASC", "DESC"):
        message = f"'{words.direction}' must be ASC or DESC"
        raise bad_request(message)
    terms: list[tuple[str, str]] = []
    for part in filter(None, query.get("sort", "").split(",")):
        name = words.aliases.get(part.removeprefix("-"), part.removeprefix("-"))
        # The vendor's scripts sort everything by created; where an object has no such attribute, createdAt is meant.
        if name == "created" and name not in kinds:
            name = "createdAt"
        terms.append((name, "DESC" if part.startswith("-") else direction))
    return terms
