"""Rows as batches that DuckDB takes in: Arrow tables where there is pyarrow, otherwise columns of JSON."""

# The names of columns come from the models.
# ruff: noqa: S608

from __future__ import annotations

import importlib.util
import json
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

import msgspec

from pagertree_async.export.arrow import Tables
from pagertree_async.export.cells import Cells, last_of_each
from pagertree_async.export.columns import Kind
from pagertree_async.models import Model

TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "real": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
    "texts": "VARCHAR[]",
    "json": "VARCHAR",
}
NAME = "batch"


class Batches(Protocol):
    """Makes batches."""

    def batch(self, connection: Any, lines: bytes) -> AbstractContextManager[str]:
        """Make rows, each a line of JSON, a table of a connection; its name is yielded."""
        ...


def batches(model: type[Model]) -> Batches:
    """What makes batches of a model's rows, as fast as can be with what is installed."""
    return JsonBatches(model) if importlib.util.find_spec("pyarrow") is None else ArrowBatches(model)


class ArrowBatches:
    """Batches that are Arrow tables, which DuckDB reads where they are.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self._cells = Cells(model, typed=True, seconds=True)
        self._tables = Tables(model)

    @contextmanager
    def batch(self, connection: Any, lines: bytes) -> Generator[str]:
        """Make rows a table of a connection."""
        connection.register(NAME, self._tables.made_of(last_of_each(self._cells.of(lines))))
        try:
            yield NAME
        finally:
            connection.unregister(NAME)


class JsonBatches:
    """Batches that are JSON, a list for each column, which DuckDB by itself turns into a table.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self._cells = Cells(model, typed=True)
        kinds = [TYPES[column.kind] for column in self._cells.columns]
        shape: dict[str, Any] = {
            f"c{number}": [["VARCHAR"]] if kind == "VARCHAR[]" else [kind] for number, kind in enumerate(kinds)
        }
        lists = ", ".join(
            f'unnest(lists.c{number}) AS "{column.name}"' for number, column in enumerate(self._cells.columns)
        )
        self._make = (
            f"CREATE OR REPLACE TEMP TABLE {NAME} AS "
            f"SELECT {lists} FROM (SELECT from_json_strict(?, '{json.dumps(shape)}') AS lists)"
        )

    @contextmanager
    def batch(self, connection: Any, lines: bytes) -> Generator[str]:
        """Make rows a table of a connection."""
        cells = last_of_each(self._cells.of(lines))
        sent = {f"c{number}": values for number, values in enumerate(cells)}
        connection.execute(self._make, [msgspec.json.encode(sent).decode()])
        yield f"temp.{NAME}"
        connection.execute(f"DROP TABLE temp.{NAME}")
