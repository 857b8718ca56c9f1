"""Rows come and go while they are exported: none of those that exist throughout is missed, and none comes twice."""

from __future__ import annotations

import json
import operator
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from pagertree_async.export import export
from tests.modes import Mode, got

START = datetime(2026, 1, 1, tzinfo=UTC)


class Changing:
    """A list in which rows are inserted and deleted at every request.

    Args:
        seed: What chance depends on.
        ordered: Whether it sorts by creation time and filters by it.
        ties: How many rows share a creation time.
        anywhere: Whether rows are inserted among the old ones, too.
    """

    def __init__(
        self, seed: int, *, count: int, ordered: bool, ties: int = 1, anywhere: bool = False, rate: int = 2
    ) -> None:
        self.chance = random.Random(seed)
        self.ordered, self.anywhere, self.rate = ordered, anywhere, rate
        self.rows = [(START + timedelta(seconds=number // ties), f"a{number}") for number in range(count)]
        self.now = START + timedelta(days=30)
        self.throughout = {name for _, name in self.rows}
        self.number = count

    def churn(self) -> None:
        for _ in range(self.rate):
            gone = self.rows.pop(self.chance.randrange(len(self.rows)))
            self.throughout.discard(gone[1])
            self.number += 1
            self.now += timedelta(seconds=1)
            if self.anywhere and self.chance.random() < 0.5:
                place = self.chance.randrange(len(self.rows))
                self.rows.insert(place, (self.rows[place][0], f"a{self.number}"))
            else:
                self.rows.append((self.now, f"a{self.number}"))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.churn()
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        rows = self.rows
        if self.ordered:
            if "createdAt" in query:
                moment = datetime.fromisoformat(query["createdAt"])
                compare = {"createdAt:gte": operator.ge, "createdAt:lt": operator.lt}[query["ops"]]
                rows = [row for row in rows if compare(row[0], moment)]
            if query.get("sort", "").startswith("-"):
                rows = rows[::-1]
        offset, limit = int(query["offset"]), int(query["limit"])
        page = [{"id": name, "createdAt": moment.isoformat()} for moment, name in rows[offset : offset + limit]]
        more = offset + len(page) < len(rows)
        body = json.dumps({"data": page, "has_more": more, "total_count": len(rows)}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


def exported(server: Changing, folder: Path, at_once: int) -> Any:
    mode = Mode("asyncio")
    client = mode.on(server, "a-token")

    async def scenario() -> Any:
        return await got(export(client, folder, only="alerts", at_once=at_once))

    report = mode.run(scenario)
    names = [json.loads(line)["id"] for line in (folder / "alerts.ndjson").read_bytes().splitlines()]
    return report, names


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("strategy", ["windows", "ties", "offsets"])
def test_nothing_is_missed_and_nothing_comes_twice(seed: int, strategy: str, tmp_path: Path) -> None:
    """At 2 % churn a page, by windows of creation time, with many rows of one moment, and by offsets alone."""
    ordered = strategy != "offsets"
    server = Changing(
        seed, count=3000, ordered=ordered, ties=250 if strategy == "ties" else 1, anywhere=strategy != "windows"
    )
    report, names = exported(server, tmp_path, at_once=1 + seed % 6)
    assert set() == server.throughout - set(names)
    assert len(names) == len(set(names))
    assert report.rows == len(names)


def test_no_warning_where_all_is_there(tmp_path: Path) -> None:
    """Rows that went away or came after the beginning are no cause for doubt."""
    report, _ = exported(Changing(1, count=3000, ordered=True), tmp_path, at_once=4)
    assert () == report.warnings


def test_plain_offsets_would_miss_some() -> None:
    """What the strategies are for: pages by offset alone miss rows of the same server."""
    server = Changing(1, count=3000, ordered=True)
    seen: set[str] = set()
    offset = 0
    while offset < len(server.rows):
        server.churn()
        page = server.rows[offset : offset + 100]
        seen |= {name for _, name in page}
        offset += 100
    assert server.throughout - seen
