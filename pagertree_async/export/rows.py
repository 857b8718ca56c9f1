"""Rows as they stand in a file of lines: JSON as it came, or columns by the schema of their model."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from pagertree_async.export.cells import Cells, fields_of
from pagertree_async.models import Model

Raw = msgspec.Raw
_encode_lines = msgspec.json.Encoder().encode_lines


class Key(msgspec.Struct):
    """What a row is told apart by."""

    id: str


class Rows(Protocol):
    """Turns rows into the bytes of a file, and tells them apart in one."""

    def head(self) -> bytes:
        """What stands before the first row."""
        ...

    def lines(self, rows: Sequence[Raw]) -> bytes:
        """Rows as they stand in the file."""
        ...

    def parted(self, lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
        """The rows of a file without its head: the id of each, and how it stands there.

        Raises:
            ValueError: They are no such rows.
        """
        ...


class JsonLines:
    """A line of JSON for each row, just as it was sent, without its secrets.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self._secrets = model.secret_fields
        self._key = msgspec.json.Decoder(Key).decode

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def lines(self, rows: Sequence[Raw]) -> bytes:
        """A line for each row."""
        if not self._secrets:
            text = b"".join(rows)
            if b"\n" not in text and b"\r" not in text:
                return _encode_lines(rows)
        return _encode_lines([without(row, self._secrets) for row in rows])

    def parted(self, lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
        """The rows of a file: the id of each, and its line."""
        for line in lines:
            yield self._key(line).id, line


def without(row: Raw, secrets: frozenset[str]) -> dict[str, Raw]:
    """A row without some of its fields, on one line."""
    line: bytes | Raw = row
    with suppress(msgspec.DecodeError):  # half a character is not for it; what follows can read even that
        line = msgspec.json.format(row, indent=-1)
    sent = fields_of(line)
    return {name: value for name, value in sent.items() if name not in secrets}


class CsvLines:
    """Comma-separated values with a head, as RFC 4180 has them; true and false in small letters, null as nothing.

    A cell holds what was sent, to the letter: nothing is put before a text that begins with ``=``, ``+``, ``-`` or
    ``@``, which a spreadsheet may take for a formula.

    Args:
        model: What a row is.
    """

    def __init__(self, model: type[Model]) -> None:
        self._cells = Cells(model)
        self._json = JsonLines(model)
        self._booleans = [number for number, one in enumerate(self._cells.columns) if one.kind == "boolean"]

    def head(self) -> bytes:
        """The names of the columns."""
        return _csv([[one.name for one in self._cells.columns]])

    def lines(self, rows: Sequence[Raw]) -> bytes:
        """A record for each row."""
        cells = self._cells.of(self._json.lines(rows))
        for number in self._booleans:
            cells[number] = [_WORDS[value] for value in cells[number]]
        return _csv(zip(*cells, strict=True))

    def parted(self, lines: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
        """The rows of a file: the id of each, which is its first cell, and its record."""
        record: list[bytes] = []
        quotes = 0
        for line in lines:
            record.append(line)
            quotes += line.count(b'"')
            if quotes % 2 == 0:
                whole = b"".join(record)
                yield _first(whole), whole
                record.clear()
        if record:
            message = "a record has no end"
            raise ValueError(message)


_WORDS = {True: "true", False: "false", None: None}
_QUOTED = re.compile(rb'"((?:[^"]|"")*)"')


def _first(record: bytes) -> str:
    """The first cell of a record."""
    quoted = _QUOTED.match(record)
    cell = record.partition(b",")[0] if quoted is None else quoted[1].replace(b'""', b'"')
    return cell.decode()


def _csv(records: Iterable[Iterable[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(records)
    return text.getvalue().encode()
