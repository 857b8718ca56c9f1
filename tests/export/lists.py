"""A list in memory, served as the API serves it, with faults to choose from; and a resource that is read from it."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from pagertree_async.export import export
from tests.modes import Mode, got

START = datetime(2026, 1, 1, tzinfo=UTC)
COMPARE = {"gte": operator.ge, "gt": operator.gt, "lt": operator.lt, "lte": operator.le, "equals": operator.eq}

Row = dict[str, Any]
Query = dict[str, str]


def iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def row(number: int, created: datetime, updated: datetime | None = None, **more: Any) -> Row:
    made = {"id": f"a{number}", "createdAt": iso(created), **more}
    return made | ({} if updated is None else {"updatedAt": iso(updated)})


def rows(count: int, step: timedelta = timedelta(seconds=1)) -> list[Row]:
    """Rows that were created at even distances."""
    return [row(number, START + number * step) for number in range(count)]


class List:
    """A list, as an ASGI application.

    Args:
        rows: The rows, in the order of their creation.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.asked: list[Query] = []
        self.orders: set[str] = {"createdAt", "updatedAt"}
        """What it sorts and compares by; the rest it takes no notice of."""
        self.totals = True
        """Whether it says how many rows there are."""
        self.nulls_last = False
        """Whether rows without a moment come last, and so first from the last to the first, as PostgreSQL has it."""
        self.before: Callable[[Query], int | None] = lambda query: None
        """Called before each answer; a status it returns is the answer."""
        self.shown: Callable[[Query, Row], bool] = lambda query, row: True
        """Whether a row that counts is in the page."""
        self.lies: Callable[[Query], bool] = lambda query: False
        """Whether a page says that it is the last, whatever comes after it."""

    def selected(self, query: Query) -> list[Row]:
        found = [*self.rows]
        ops = dict(one.rsplit(":", 1) for one in query.get("ops", "").split(",") if one)
        for name, value in query.items():
            if name in self.orders:
                compare = COMPARE[ops.get(name, "equals")]
                found = [one for one in found if one.get(name) is not None and compare(one[name], value)]
        name = query.get("sort", "").removeprefix("-")
        if name in self.orders:
            found.sort(key=lambda one: (self.nulls_last and one.get(name) is None, one.get(name) or ""))
            found = found[::-1] if query["sort"].startswith("-") else found
        return found

    def answer(self, query: Query) -> tuple[int, dict[str, Any]]:
        self.asked.append(query)
        status = self.before(query)
        if status is not None:
            return status, {}
        found = self.selected(query)
        offset, limit = int(query["offset"]), int(query["limit"])
        page = found[offset : offset + limit]
        body: dict[str, Any] = {
            "data": [one for one in page if self.shown(query, one)],
            "has_more": offset + len(page) < len(found) and not self.lies(query),
        }
        return 200, body | ({"total_count": len(found)} if self.totals else {})

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = {name: values[-1] for name, values in parse_qs(scope["query_string"].decode()).items()}
        status, body = self.answer(query)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def exported(served: Any, folder: Any, mode: str = "asyncio", **settings: Any) -> Any:
    """Export alerts of a list."""
    way = Mode(mode)
    client = way.on(served, "a-token")

    async def scenario() -> Any:
        try:
            return await got(export(client, folder, **{"only": "alerts", **settings}))
        finally:
            await way.close(client)

    return way.run(scenario)


def written(folder: Path, name: str = "alerts") -> list[Row]:
    """The rows of an export."""
    return [json.loads(line) for line in (folder / f"{name}.ndjson").read_bytes().splitlines()]


def ids(found: list[Row]) -> list[str]:
    return sorted(one["id"] for one in found)
