"""Rows as they stand in a file: JSON as it came, or columns by the schema of their model."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from pagertree_async.models import Model

Raw = msgspec.Raw
_encode_lines = msgspec.json.Encoder().encode_lines
_many = msgspec.json.Decoder(list[Raw])


class Rows(Protocol):
    """Turns rows into the bytes of a file."""

    def head(self) -> bytes:
        """What stands before the first row."""
        ...

    def lines(self, rows: Sequence[Raw]) -> bytes:
        """Rows as they stand in the file."""
        ...


class JsonLines:
    """A line of JSON for each row, just as it was sent, without its secrets.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self._secrets = model.secret_fields

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def lines(self, rows: Sequence[Raw]) -> bytes:
        """A line for each row."""
        if not self._secrets:
            text = _encode_lines(rows)
            if text.count(b"\n") == len(rows) and b"\r" not in text:
                return text
        return _encode_lines([without(row, self._secrets) for row in rows])


def without(row: Raw, secrets: frozenset[str]) -> dict[str, Any]:
    """A row without some of its fields."""
    sent: dict[str, Any] = msgspec.json.decode(row)
    return {name: value for name, value in sent.items() if name not in secrets}


def columns(model: type[Model]) -> list[str]:
    """The columns of a table of ``model``: its fields as the API names them, then ``extra``."""
    return [name for name in model.__struct_encode_fields__ if name not in model.secret_fields] + ["extra"]


class Cells:
    """Rows as cells, in the order of :func:`columns`; what is not a text, number or boolean is JSON.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self.columns: list[str] = columns(model)
        self._names = self.columns[:-1]
        self._secrets = model.secret_fields

    def of(self, row: Raw) -> list[Any]:
        """The cells of a row."""
        sent = without(row, self._secrets)
        cells = [_cell(sent.pop(name, None)) for name in self._names]
        return [*cells, msgspec.json.encode(sent).decode() if sent else None]


def _cell(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, list | dict) else value


class CsvLines:
    """Comma-separated values with a head, as RFC 4180 has them; true and false in small letters, null as nothing.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self._cells = Cells(model)

    def head(self) -> bytes:
        """The names of the columns."""
        return _csv([self._cells.columns])

    def lines(self, rows: Sequence[Raw]) -> bytes:
        """A record for each row."""
        return _csv([[_word(cell) for cell in self._cells.of(row)] for row in rows])


def _word(cell: Any) -> Any:
    return str(cell).lower() if isinstance(cell, bool) else cell


def _csv(records: list[list[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(records)
    return text.getvalue().encode()
