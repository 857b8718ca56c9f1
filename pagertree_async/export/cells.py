"""Rows as cells that fit their columns; what does not fit, or has no column, is kept in ``extra``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw

from pagertree_async.export.columns import Column, Kind, columns
from pagertree_async.models import Model

MOST_STRANGERS = 100
"""Fields without a column that are remembered by name, so that rows that have them are read as fast as others."""
PLAIN_NAME = re.compile(r"[\w.-]{1,64}", re.ASCII)

_Moments = list[Annotated[datetime, Meta(tz=True)]]
_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""The seconds since 1970 that a ``datetime`` can be."""
_Seconds: Any = Annotated[int, Meta(ge=_EARLIEST, le=_LATEST)]
_FINER = re.compile(r"[.,]\d{7}")
"""A moment with more than microseconds."""
_NO_FINER = frozenset({20, 24, 25, 27})
"""How long moments are that cannot have more than microseconds: the usual ones, which so are soon looked through."""

_Whole: Any = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
_Exact: Any = Annotated[int, Meta(ge=-(2**53), le=2**53)]
"""The integers that a ``float`` can be, to the last digit."""
_TYPES: dict[Kind, Any] = {
    "text": str | None,
    "integer": _Whole | None,
    "real": _Exact | float | None,
    "boolean": bool | None,
    "timestamp": _Seconds | str | None,
    "texts": list[str] | None,
    "json": Raw,
}
_MISFITS = (msgspec.DecodeError, ValueError, OverflowError)
"""What says that a value does not fit."""

Extra = dict[str, Raw]
_NULL = Raw(b"null")

_encode = msgspec.json.Encoder().encode
_astuple = msgspec.structs.astuple
_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_moment = msgspec.json.Decoder(_Seconds | Annotated[float, Meta(ge=_EARLIEST, le=_LATEST)] | str | None).decode


class Cells:
    """Turns rows into cells that fit their columns.

    A text is a text, a number a number that the column can hold to the last digit, and a boolean a boolean. A moment
    is a text as ISO 8601 has it: as it was sent, or made of the seconds since 1970. JSON is text as it was sent. Null is
    None, as is a field that was not sent. A value that its column cannot hold is in ``extra``, and None in its column.

    Args:
        model: What a row is.
        typed: Whether there are columns for lists of texts and for moments to the microsecond; otherwise such a list is
            JSON, and any text may stand for a moment.
        seconds: Whether moments that were sent as seconds stay so, where a whole column of them was.
    """

    def __init__(self, model: type[Model], *, typed: bool = False, seconds: bool = False) -> None:
        self.columns: tuple[Column, ...] = columns(model)
        self._typed = typed
        self._as_seconds = frozenset({int, type(None)} if seconds else {})
        self._kinds: list[Kind] = [
            "json" if one.kind == "texts" and not typed else one.kind for one in self.columns[:-1]
        ]
        self._names = [one.name for one in self.columns[:-1]]
        self._cells: dict[str, Callable[[Raw], Any]] = {
            name: self._moment if kind == "timestamp" else msgspec.json.Decoder(_TYPES[kind]).decode
            for name, kind in zip(self._names, self._kinds, strict=True)
        }
        self._strangers: list[str] = []
        self._prepare()

    def _prepare(self) -> None:
        """Make ready to read rows that have the columns and the strangers, and nothing else."""
        names = [*self._names, *self._strangers]
        types = [_TYPES[kind] for kind in self._kinds] + [Raw] * len(self._strangers)
        fields = [(f"f{number}", kind, None) for number, kind in enumerate(types)]
        rename = {f"f{number}": name for number, name in enumerate(names)}
        row = msgspec.defstruct("Row", fields, rename=rename, forbid_unknown_fields=True, gc=False)
        self._decode: Any = msgspec.json.Decoder(row)

    def of(self, lines: bytes) -> list[Sequence[Any]]:
        """The cells of rows, a sequence for each column.

        Args:
            lines: The rows, each a line of JSON without its secrets.
        """
        return self._all_alike(lines) or self._one_by_one(lines)

    def _all_alike(self, lines: bytes) -> list[Sequence[Any]] | None:
        """The cells, None when a row has something that does not fit or is not known."""
        try:
            records = list(map(_astuple, self._decode.decode_lines(lines)))
        except _MISFITS:
            return None
        found: list[Sequence[Any]] = list(zip(*records, strict=True)) or [()] * len(self._names)
        return self._finished(found, None) if not self._typed or self._sure(found) else None

    def _one_by_one(self, lines: bytes) -> list[Sequence[Any]]:
        """The cells of rows that differ, each read for itself."""
        records: list[Sequence[Any]] = []
        extras: list[Extra] = []
        no_strangers = [None] * len(self._strangers)
        for line in lines.splitlines():
            record, extra = None if self._typed else self._whole(line), _NOTHING
            if record is None:
                cells, extra = self._apart(line)
                record = [*cells, *no_strangers]
            records.append(record)
            extras.append(extra)
        found = self._finished(list(zip(*records, strict=True)), extras)
        self._remember(set[str]().union(*extras))
        return found

    def _whole(self, line: bytes) -> Sequence[Any] | None:
        try:
            return _astuple(self._decode.decode(line))
        except _MISFITS:
            return None

    def _apart(self, line: bytes) -> tuple[list[Any], Extra]:
        """The cells of one row, and what does not fit or has no column."""
        sent = fields_of(line)
        cells: list[Any] = []
        for name, cell in self._cells.items():
            cells.append(None)
            if name in sent:
                with suppress(*_MISFITS):
                    cells[-1] = cell(sent[name])
                    del sent[name]
        return cells, sent

    def _remember(self, names: set[str]) -> None:
        """Have fields without a column read like others from now on."""
        new = sorted(name for name in names.difference(self._names, self._strangers) if PLAIN_NAME.fullmatch(name))
        new = new[: MOST_STRANGERS - len(self._strangers)]
        if new:
            self._strangers += new
            self._prepare()

    def _moment(self, sent: Raw) -> str | None:
        """A moment as a text.

        Raises:
            ValueError: It is none that the column can hold.
        """
        value: float | str | None = _decode_moment(sent)
        if isinstance(value, int):
            return iso(value)
        if isinstance(value, float):
            moment = datetime.fromtimestamp(value, UTC)
            if moment.timestamp() != value:
                raise ValueError
            return _written(moment)
        if value is None or not self._typed:
            return value
        moment = datetime.fromisoformat(value.upper())
        if moment.tzinfo is None or _FINER.search(value):
            raise ValueError
        return _written(moment.astimezone(UTC))

    def _sure(self, found: Sequence[Sequence[Any]]) -> bool:
        """Whether every text that stands for a moment is one, written as everybody reads it alike."""
        for kind, values in zip(self._kinds, found, strict=False):
            if kind == "timestamp" and str in set(map(type, values)):
                texts = [value for value in values if isinstance(value, str)]
                try:
                    msgspec.convert(texts, _Moments)
                except msgspec.ValidationError:
                    return False
                if not _usual(texts):
                    return False
        return True

    def _finished(self, found: list[Sequence[Any]], extras: Sequence[Extra] | None) -> list[Sequence[Any]]:
        """Columns, and what each row has in ``extra`` beside its strangers, as they are given out."""
        width = len(self._names)
        for number, kind in enumerate(self._kinds):
            values = found[number]
            if kind == "json" and any(values):
                found[number] = [text(value) for value in values]
            elif kind == "timestamp" and int in (sent := set(map(type, values))) and not sent <= self._as_seconds:
                found[number] = [iso(value) if isinstance(value, int) else value for value in values]
        met = [_NOTHING] * len(found[0])
        for name, values in zip(self._strangers, found[width:], strict=False):
            if any(values):
                met = [
                    extra if value is None else {**extra, name: value} for extra, value in zip(met, values, strict=True)
                ]
        if extras is not None:
            met = [{**one, **two} for one, two in zip(met, extras, strict=True)]
        return [*found[:width], [text(_encode(extra)) if extra else None for extra in met]]


def last_of_each(cells: list[Sequence[Any]]) -> list[Sequence[Any]]:
    """The cells of rows, of those with the same id (their first cell) of the last alone."""
    last = {id: number for number, id in enumerate(cells[0])}
    if len(last) == len(cells[0]):
        return cells
    return [[values[number] for number in sorted(last.values())] for values in cells]


_NOTHING: Extra = {}


def fields_of(row: bytes | Raw) -> dict[str, Raw]:
    """The fields of a row, each as it was sent."""
    try:
        return _fields(row)
    except _MISFITS:  # a name, or a text, has half a character or bytes that are none
        sent: dict[str, Any] = json.loads(bytes(row).decode("utf-8", "replace"))
        return {_whole_text(name): Raw(json.dumps(value).encode()) for name, value in sent.items()}


def _whole_text(name: str) -> str:
    return name.encode("utf-8", "replace").decode()


def text(sent: bytes | Raw | None) -> str | None:
    """JSON as a text, None for null."""
    return None if sent is None or sent == _NULL else str(sent, "utf-8", "replace")


def _usual(texts: list[str]) -> bool:
    """Whether moments have no more than microseconds, no year that UTC has not, no letter or space that some refuse."""
    together = " ".join(texts)
    if together.count(" ") >= len(texts) or any(one in together for one in ("t", "z", "0001-01-01", "9999-12-31")):
        return False
    return _NO_FINER.issuperset(map(len, texts)) or _FINER.search(together) is None


def iso(seconds: int) -> str:
    """Seconds since 1970 as ISO 8601 has them, ten times as fast as by a ``datetime``."""
    minutes = seconds // 60
    return f"{_day(minutes // 1440)}{_MINUTES[minutes % 1440]}{_SECONDS[seconds % 60]}"


@lru_cache(4096)
def _day(days: int) -> str:
    return f"{date(1970, 1, 1) + timedelta(days=days)}T"


_MINUTES = [f"{hour:02}:{minute:02}:" for hour in range(24) for minute in range(60)]
_SECONDS = [f"{second:02}Z" for second in range(60)]


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
