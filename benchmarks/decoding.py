"""What the rows of a page cost to decode: with and without the fields that a model does not know."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec

from benchmarks.measure import Goal, Ratio, cpu
from benchmarks.server import alert
from pagertree_async.models import rows_reader
from pagertree_async.paging import read_envelope
from pagertree_async.v3.models import Alert

TIMES = 200
BODY = json.dumps(
    {"data": [alert(number) for number in range(100)], "has_more": True, "total_count": 100}, separators=(",", ":")
).encode()


class _Plain(msgspec.Struct):
    data: list[Alert]
    has_more: bool
    total_count: int


def _each(decode: Callable[[], object]) -> float:
    """Seconds that decoding a page takes, which is let go of before the next."""

    def work() -> None:
        for _ in range(TIMES):
            decode()

    return cpu(work) / TIMES


def measured() -> list[Ratio]:
    """The cost of a row above its page, and of keeping what is unknown."""
    read = rows_reader(Alert)
    plain = msgspec.json.Decoder(_Plain).decode

    def page() -> float:
        return _each(lambda: read_envelope(BODY))

    def typed() -> float:
        return _each(lambda: read(read_envelope(BODY).data))

    def structs() -> float:
        return _each(lambda: plain(BODY))

    page(), typed(), structs()
    rounds = [(page(), typed(), structs()) for _ in range(7)]
    return [
        Ratio.of("a typed row above its page, µs", [(b - a) / 100 * 1e6 for a, b, _ in rounds], Goal(most=2.5)),
        Ratio.of("a page typed, unknown fields kept / plain structs", [b / c for _, b, c in rounds], Goal(most=1.4)),
    ]
