"""The columns of a table of a model's rows: named as the API names them, typed by the model's annotations."""

from __future__ import annotations

from functools import cache
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args

import msgspec

from pagertree_async.models import Model, Timestamp, UnixTime

Kind = Literal["text", "integer", "real", "boolean", "timestamp", "texts", "json"]
"""What a column holds: ``texts`` is a list of texts; ``json``, text that is JSON."""

EXTRA = "extra"
"""The last column: as a JSON object, what has no column, and values that do not fit theirs."""


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        name: Its name, as the API has it.
        kind: What it holds.
    """

    name: str
    kind: Kind


@cache
def columns(model: type[Model]) -> tuple[Column, ...]:
    """The columns of a table of ``model``, ``id`` first and ``extra`` last; secrets have none."""
    fields = msgspec.structs.fields(model)
    known = [Column(one.encode_name, _kind(one.type)) for one in fields if one.encode_name not in model.secret_fields]
    return (*known, Column(EXTRA, "json"))


def _kind(annotation: Any) -> Kind:
    """What a field holds, ``json`` when that can be one thing or another."""
    options = [one for one in get_args(annotation) if one is not NoneType]
    if annotation not in {Timestamp, UnixTime} and NoneType in get_args(annotation):
        return _kind(options[0]) if len(options) == 1 else "real" if set(options) == {int, float} else "json"
    if annotation in {Timestamp, UnixTime}:
        return "timestamp"
    if annotation == list[str]:
        return "texts"
    if isinstance(annotation, type):
        for base, kind in _PLAIN.items():
            if issubclass(annotation, base):
                return kind
    return "json"


_PLAIN: dict[type, Kind] = {str: "text", bool: "boolean", int: "integer", float: "real"}
