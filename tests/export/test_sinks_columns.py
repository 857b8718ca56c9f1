"""The columns that a model has."""

from __future__ import annotations

import inspect
from datetime import datetime
from typing import Any

import pytest

from pagertree_async.export.arrow import Tables
from pagertree_async.export.cells import Cells, last_of_each
from pagertree_async.export.columns import columns
from pagertree_async.models import Model
from pagertree_async.v3 import models as v3
from pagertree_async.v4 import models as v4
from tests.export.sinkrows import Thing

MODELS = [
    pytest.param(model, id=f"{module.__name__.split('.')[-2]}-{name}")
    for module in (v3, v4)
    for name, model in vars(module).items()
    if inspect.isclass(model) and issubclass(model, Model) and model is not Model
]


def test_kinds() -> None:
    """By the annotations; what may be one thing or another is JSON, and a secret has no column."""
    assert {
        "id": "text",
        "name": "text",
        "colour": "text",
        "number": "integer",
        "share": "real",
        "on": "boolean",
        "madeAt": "timestamp",
        "seen": "timestamp",
        "tags": "texts",
        "meta": "json",
        "either": "json",
        "extra": "json",
    } == dict(columns(Thing))


@pytest.mark.parametrize(
    ("model", "kinds"),
    [
        (v3.Alert, {"createdAt": "timestamp", "created": "timestamp", "tinyId": "integer", "livecall": "json"}),
        (v3.Event, {"start": "timestamp", "schedule_id": "json", "dow": "json", "repeat": "boolean", "next": "json"}),
        (v3.Notification, {"cost": "real", "err": "texts", "from": "text", "direction": "text"}),
        (v4.Alert, {"created_at": "timestamp", "tag_list": "texts", "status": "text"}),
        (v4.Log, {"level": "json", "details": "json"}),
    ],
)
def test_kinds_of_the_apis(model: type[Model], kinds: dict[str, str]) -> None:
    """Seconds since 1970 and ISO 8601 are both moments; objects and open fields are JSON."""
    found: dict[str, Any] = dict(columns(model))
    assert kinds == {name: found[name] for name in kinds}


@pytest.mark.parametrize("model", MODELS)
def test_names(model: type[Model]) -> None:
    """The id comes first and ``extra`` last, no secret has a column, and a database can tell all of them apart."""
    names = [column.name for column in columns(model)]
    assert ("id", "extra") == (names[0], names[-1])
    assert set() == model.secret_fields & set(names)
    assert len(names) == len({name.casefold() for name in names})


LINES = b'{"id":"a","seen":1524787370}\n{"id":"b"}\n{"id":"c","seen":%s}\n'


@pytest.mark.parametrize("last", [b"253402300799", b'"2018-04-27T00:02:50.000Z"', b"null"])
def test_moments_that_were_sent_as_seconds(last: bytes) -> None:
    """They are texts like others, or stay numbers where that is asked for and a whole column was sent so."""
    shown = {b"253402300799": "9999-12-31T23:59:59Z", b"null": None}.get(last, "2018-04-27T00:02:50.000Z")
    texts = ["2018-04-27T00:02:50Z", None, shown]
    numbers = [1524787370, None, None if last == b"null" else 253402300799]
    for typed in (False, True):
        cells = Cells(Thing, typed=typed)
        at = [column.name for column in cells.columns].index("seen")
        assert texts == list(cells.of(LINES % last)[at])
    cells = Cells(Thing, typed=True, seconds=True)
    assert (texts if last[:1] == b'"' else numbers) == list(cells.of(LINES % last)[at])


@pytest.mark.parametrize("last", [b"253402300799", b"-62135596800", b'"2018-04-27T00:02:50.000Z"', b"null"])
def test_moments_of_arrow(last: bytes) -> None:
    """However they were sent, a table has them to the microsecond, in UTC."""
    pytest.importorskip("pyarrow")
    found = Tables(Thing).of(LINES % last)["seen"]
    assert "timestamp[us, tz=UTC]" == str(found.type)
    cells = Cells(Thing, typed=True)
    at = [column.name for column in cells.columns].index("seen")
    expected = [value and datetime.fromisoformat(value) for value in cells.of(LINES % last)[at]]
    assert expected == found.to_pylist()


def test_rows_that_came_twice() -> None:
    """The last of each counts, in the place where it came."""
    assert [["b", "a"], [2, 3]] == last_of_each([["a", "b", "a"], [1, 2, 3]])
    assert [["a", "b"], [1, 2]] == last_of_each([["a", "b"], [1, 2]])
