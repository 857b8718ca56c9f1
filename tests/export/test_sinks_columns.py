"""The columns that a model has."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

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
