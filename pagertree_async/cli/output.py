"""What a command prints: tables for people, JSON and CSV for programs; data on standard output, all else on standard error."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, TextIO, cast

import msgspec
import typer

from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.nearest import asked
from pagertree_async.models import Model
from pagertree_async.params import names_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

COLUMNS = (
    ("id",),
    ("name", "title", "subject", "content", "body"),
    ("email",),
    ("status",),
    ("urgency", "type", "channel", "timezone"),
    ("enabled",),
    ("layer",),
    ("start", "start_time", "start_datetime"),
    ("end", "end_time", "end_datetime"),
    ("attendees", "on_call_ids"),
    ("created_at",),
)
"""The columns of a table when none are named: of each group the first that the objects have."""
SHIFTS = ("layer", "attendees", "on_call_ids", "start", "start_time", "end", "end_time")
"""What matters most of who is on call: these stand before the id."""
PEOPLE = ("attendees", "on_call_ids")
"""The columns that hold the ids of people."""
NARROW = 20
"""Columns up to this width are never cut to make room for others."""
LEAST = 8
"""Columns that are cut keep this width."""
PLAIN = frozenset({"dumb", "unknown"})
"""What ``TERM`` calls terminals that show text and nothing else."""
TAIL = re.compile(r"(?:\x1b\[[0-9;]*m| )+$")
STYLES = {
    "open": "red",
    "dropped": "red",
    "critical": "red",
    "high": "yellow",
    "acknowledged": "yellow",
    "resolved": "green",
    "archived": "dim",
    "silent": "dim",
}


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"


class Out(msgspec.Struct, frozen=True, kw_only=True):
    """How the results of one command are printed.

    Attributes:
        format: The form, None for a table on a terminal and NDJSON elsewhere.
        fields: The attributes to print, empty for those that the form has by itself.
        names: What people are called, by their ids, for tables.
    """

    format: Format | None = None
    fields: tuple[str, ...] = ()
    names: dict[str, str] = {}

    @property
    def form(self) -> Format:
        """The form in which to print."""
        return self.format or (Format.TABLE if is_terminal(sys.stdout) else Format.NDJSON)

    def checked(self, model: type[Model]) -> None:
        """Refuse attributes that the objects do not have or that are secrets.

        Raises:
            CommandError: One of ``fields`` cannot be printed.
        """
        names = names_of(model)
        known = {*names, *names.values(), "extra"}
        for name in self.fields:
            head = name.partition(".")[0]
            if names.get(head, head) in model.secret_fields:
                message = f"--fields: {name!r} is a secret and never shown"
                raise CommandError(message)
            if head not in known and not _computed(model, head):
                shown = ", ".join(name for name, wire in names.items() if wire not in model.secret_fields)
                message = f"--fields: {model.__name__} has no {name!r}{asked(head, known)}"
                raise CommandError(message, hint=f"There are {shown}; an unknown one is extra.NAME")


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody sits at the other end; a stream that was closed before the start is None."""
    return stream is not None and stream.isatty()


def styled(stream: TextIO | None) -> bool:
    """Whether colours and bold are wanted there.

    ``NO_COLOR`` says no, else ``FORCE_COLOR`` and ``CLICOLOR_FORCE`` say yes, else a terminal that can show them does
    unless ``CLICOLOR`` is 0.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if any(os.environ.get(name, "0") not in {"", "0"} for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return is_terminal(stream) and os.environ.get("TERM") not in PLAIN and os.environ.get("CLICOLOR") != "0"


def console(to: TextIO, width: int | None = None) -> Console:
    """What draws there: without a single style where none is wanted.

    Args:
        to: The stream.
        width: How wide lines may be; None for the terminal's own width.
    """
    from rich.console import Console

    style: Literal["standard"] | None = "standard" if styled(to) else None
    return Console(file=to, width=width, highlight=False, color_system=style, force_terminal=is_terminal(to))


def one_line(text: str) -> str:
    """``text`` without characters that a terminal would obey."""
    return "".join(c if c.isprintable() else " " for c in text)


def note(text: str) -> None:
    """Say something beside the data; where it cannot be said, the work goes on without."""
    with contextlib.suppress(OSError):
        typer.echo(text, err=True)


def unheard(thing: object) -> bool:
    """Whether an alert that was just made reached nobody; it is said."""
    if getattr(thing, "status", None) != "dropped":
        return False
    told = getattr(thing, "id", "")
    note(f"warning: nobody was paged: nobody is on call where alert {told} was sent, and it was dropped")
    return True


def rows(items: Iterable[Model], model: type[Model], out: Out, stream: TextIO | None = None) -> None:
    """Print objects, each as soon as it is there where the form allows it."""
    to = stream or sys.stdout
    if out.form is Format.TABLE:
        _table(items, model, out, to)
    elif out.form is Format.CSV:
        _csv(items, model, out, to)
    elif out.form is Format.NDJSON:
        for item in items:
            to.write(_line(item, out).decode())
    else:
        _array(items, out, to)
    to.flush()


def one(item: Any, out: Out, stream: TextIO | None = None) -> None:
    """Print a single result: an object, or a value such as a text."""
    to = stream or sys.stdout
    if not isinstance(item, Model):
        to.write(_plain(item, out.form))
    elif out.form is Format.TABLE:
        _card(item, out, to)
    elif out.form is Format.JSON:
        to.write(_indented(_line(item, out)) + "\n")
    else:
        rows([item], type(item), out, to)
    to.flush()


def _plain(value: object, form: Format) -> str:
    if isinstance(value, str) and form in (Format.TABLE, Format.CSV):
        return value if value.endswith("\n") else value + "\n"
    encoded = msgspec.json.encode(value)
    return (encoded.decode() if form is Format.NDJSON else _indented(encoded)) + "\n"


def _indented(text: bytes) -> str:
    return msgspec.json.format(text.strip(), indent=2).decode()


def _line(item: Model, out: Out) -> bytes:
    if not out.fields:
        text = item.to_json(secrets=False)
        if b"\n" in text or b"\r" in text:
            text = msgspec.json.encode(msgspec.json.decode(text))
        return text + b"\n"
    given = item.to_dict(secrets=False)
    return msgspec.json.encode({name: _sent(item, given, name) for name in out.fields}) + b"\n"


def _array(items: Iterable[Model], out: Out, to: TextIO) -> None:
    written = False
    try:
        for item in items:
            text = "\n".join(f"  {part}" for part in _indented(_line(item, out)).splitlines())
            to.write(("[\n" if not written else ",\n") + text)
            written = True
    except BaseException:
        if written:  # what is there is an array all the same
            to.write("\n]\n")
            to.flush()
        raise
    to.write("\n]\n" if written else "[]\n")


def _csv(items: Iterable[Model], model: type[Model], out: Out, to: TextIO) -> None:
    import csv

    fields = out.fields or tuple(name for name, wire in names_of(model).items() if wire not in model.secret_fields)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    for record in _records(items, fields):
        writer.writerow(record)
        to.write(buffer.getvalue())
        buffer.seek(0)
        buffer.truncate()


def _records(items: Iterable[Model], fields: Sequence[str]) -> Iterator[list[str]]:
    yield list(fields)
    for item in items:
        given = item.to_dict(secrets=False)
        yield [_exact(_value(item, given, name)) for name in fields]


def _sent(item: Model, given: dict[str, Any], name: str) -> Any:
    """What was sent for an attribute, by its name here or on the wire, perhaps within another: ``meta.incident``."""
    head, *path = name.split(".")
    wire = names_of(type(item)).get(head, head)
    if wire not in given and head != "extra" and _computed(type(item), head):
        return msgspec.to_builtins(getattr(item, head))
    value: Any = item.extra if head == "extra" else given.get(wire)
    for step in path:
        value = cast("dict[str, Any]", value).get(step) if isinstance(value, dict) else None
    return value


def _value(item: Model, given: dict[str, Any], name: str) -> Any:
    """The same, a moment as a ``datetime``."""
    names = names_of(type(item))
    attribute = next((here for here, wire in names.items() if name in (here, wire)), None)
    if attribute is None and _computed(type(item), name):
        return getattr(item, name)
    found = getattr(item, attribute) if attribute is not None else None
    return found if isinstance(found, datetime) else _sent(item, given, name)


def _exact(value: Any) -> str:
    """A value in a cell that a program reads."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _readable(value: Any) -> str:
    """A value in a cell that a person reads."""
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%MZ}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and all(isinstance(part, str | int | float) for part in cast("list[Any]", value)):
        return ", ".join(str(part) for part in cast("list[Any]", value))
    return _exact(value)


def _text(value: Any) -> Text:
    from rich.text import Text

    shown = one_line(_readable(value))
    return Text(shown, style=STYLES.get(shown, ""), no_wrap=True, overflow="ellipsis")


def columns(model: type[Model]) -> tuple[str, ...]:
    """The attributes that a table shows by itself."""
    has = names_of(model)

    def shown(group: tuple[str, ...]) -> str | None:
        # What an object has within another is better than what it has not at all.
        return next((name for name in group if _computed(model, name)), next((n for n in group if n in has), None))

    found = [name for group in COLUMNS if (name := shown(group)) is not None]
    if "layer" not in found:
        return tuple(found)
    first = [name for name in SHIFTS if name in found]
    return (*first, *(name for name in found if name not in first))


def _computed(model: type[Model], name: str) -> bool:
    """Whether an attribute is one that the model works out from others."""
    return isinstance(getattr(model, name, None), property)


def _table(items: Iterable[Model], model: type[Model], out: Out, to: TextIO) -> None:
    fields = out.fields or columns(model)
    table = grid(*fields)
    for item in items:
        given = item.to_dict(secrets=False)
        table.add_row(*(_text(_named(_value(item, given, name), name, out)) for name in fields))
    widths = [max((len(cell.plain) for cell in cast("Iterable[Text]", one.cells)), default=0) for one in table.columns]
    for number, (name, width) in enumerate(zip(fields, widths, strict=True)):
        whole = width <= NARROW or name == "id" or name.endswith(("_id", "_ids")) or name == "attendees"
        table.columns[number].no_wrap = whole
        table.columns[number].min_width = max(width, len(str(table.columns[number].header))) if whole else LEAST
    if not out.fields and is_terminal(to):
        fit(table)
    draw(table, to)


def _named(value: Any, name: str, out: Out) -> Any:
    """The names of people in the place of their ids, where they are known."""
    if name not in PEOPLE or not isinstance(value, list):
        return value
    return [out.names.get(str(one), one) for one in cast("list[Any]", value)]


def fit(table: Table) -> None:
    """Drop columns from the last, until those that are left can be shown whole on the terminal."""
    room = console(io.StringIO()).width
    while len(table.columns) > 1 and sum((one.min_width or 0) + 2 for one in table.columns) - 2 > room:
        table.columns.pop()


def _card(item: Model, out: Out, to: TextIO) -> None:
    """One object, an attribute a line."""
    given = item.to_dict(secrets=False)
    names = names_of(type(item))
    here = {wire: name for name, wire in names.items()}
    table = grid("", "", headed=False)
    first = [name for name in columns(type(item)) if names.get(name) in given or name not in names]
    for name in out.fields or dict.fromkeys([*first, *(here.get(wire, wire) for wire in given)]):
        value = _value(item, given, name)
        shown = _text(value)
        shown.no_wrap, shown.overflow = False, "fold"
        table.add_row(name.replace("_", " ").strip(), shown)
    draw(table, to)


def grid(*headings: str, headed: bool = True) -> Table:
    """A table in the style of this command line."""
    from rich.table import Table

    table = Table(box=None, show_header=headed, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    for number, heading in enumerate(headings):
        name = heading.replace("_", " ").replace(".", " ").strip().upper()
        table.add_column(name, style="dim" if not headed and number == 0 else "", no_wrap=not headed and number == 0)
    return table


def draw(table: Table, to: TextIO) -> None:
    """Print a table: as wide as the terminal, or, elsewhere, as wide as it needs."""
    if is_terminal(to):
        console(to).print(table)
        return
    wide = console(to, width=10_000)
    with wide.capture() as captured:
        wide.print(table)
    lines = captured.get().splitlines()
    to.writelines(TAIL.sub(lambda tail: tail[0].replace(" ", ""), text) + "\n" for text in lines)
