"""From text to value: what an option of the command line becomes, by the type of the parameter it stands for."""

from __future__ import annotations

import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
from msgspec import UnsetType

from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.shapes import flag_of
from pagertree_async.params import Id, IdFilter, IdOrIds, Options, Taken
from pagertree_async.query import Op

if TYPE_CHECKING:
    from pagertree_async.cli.connect import Target

STDIN = "@-"
"""Has a value read from standard input."""
YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class Value(msgspec.Struct, frozen=True):
    """How the text of one option becomes a value.

    Attributes:
        read: Makes the value of one text; raises ValueError, with the reason, when it cannot.
        metavar: What stands for the value in the help.
        many: Whether the option may be repeated, giving a list.
        choices: The values that are known, for the help and for completion.
    """

    read: Callable[[str], Any]
    metavar: str
    many: bool = False
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> bool:
        """Whether it is a switch, on or off."""
        return self.read is boolean and not self.many

    def of(self, option: str, text: str | Sequence[str]) -> Any:
        """The value that an option was given.

        Args:
            option: How the option is named in an error.
            text: What was given, several texts when the option may be repeated.

        Raises:
            CommandError: It cannot be such a value.
        """
        try:
            if not self.many:
                return self.read(cast("str", text))
            found = [self.read(one) for one in ([text] if isinstance(text, str) else text)]
            whole = found[0] if len(found) == 1 and self.read is json else None
            return cast("list[Any]", whole) if isinstance(whole, list) else found
        except ValueError as error:
            message = f"{option}: {error}"
            raise CommandError(message) from None


def boolean(text: str) -> bool:
    """``true`` or ``false``, ``yes`` or ``no``, ``1`` or ``0``."""
    if text.lower() not in YES:
        message = f"neither true nor false: {text[:60]!r}"
        raise ValueError(message)
    return YES[text.lower()]


def integer(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        message = f"not a whole number: {text[:60]!r}"
        raise ValueError(message) from None


def number(text: str) -> float:
    """A number, whole where it is written so."""
    try:
        return int(text) if text.strip().lstrip("-").isdigit() else float(text)
    except ValueError:
        message = f"not a number: {text[:60]!r}"
        raise ValueError(message) from None


def moment(text: str) -> datetime:
    """A moment in ISO 8601, in UTC where no offset is given, or in unix seconds; ``now`` is one too.

    >>> moment("2026-03-01 09:30")
    datetime.datetime(2026, 3, 1, 9, 30, tzinfo=datetime.timezone.utc)
    """
    given = text.strip()
    if given.lower() == "now":
        return datetime.now(UTC).replace(microsecond=0)
    try:
        if given.lstrip("-").isdigit() and len(given) > 4:
            return datetime.fromtimestamp(int(given), UTC)
        found = datetime.fromisoformat(given)
    except (ValueError, OverflowError, OSError):
        message = f"not a time: {text[:60]!r}; write 2026-03-01T09:30Z, 2026-03-01, or unix seconds"
        raise ValueError(message) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def json(text: str) -> Any:
    """JSON, written out, or read from ``@FILE`` or, with ``@-``, from standard input."""
    what = repr(text[:60])
    if text.startswith("@"):
        what = "standard input" if text == STDIN else text[1:]  # what is in there may be a secret
        try:
            text = sys.stdin.read() if text == STDIN else Path(text[1:]).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot be read: {what}: {getattr(error, 'strerror', None) or 'not UTF-8'}"
            raise ValueError(message) from None
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        message = f"not JSON: {what}"
        raise ValueError(message) from None


def one_reader(target: Target, reads: Mapping[str, Value], given: Mapping[str, Any]) -> None:
    """Refuse options that would each read standard input, before one of them does.

    Args:
        target: What the command was told of the account.
        reads: How options are read, by the names of their parameters.
        given: What they were given.

    Raises:
        CommandError: There are several.
    """
    readers = ["--token-stdin"] if target.token_stdin else []
    for name, value in reads.items():
        texts: Any = given.get(name)
        if value.read in {json, plain_or_json}:
            readers += [flag_of(name) for one in ([texts] if isinstance(texts, str) else texts or ()) if one == STDIN]
    if len(readers) > 1:
        message = f"{readers[0]} and {readers[1]} both read standard input"
        raise CommandError(message, hint="Have one of them read a file: --token-file FILE, or @FILE")


def plain_or_json(text: str) -> Any:
    """JSON where it is JSON, else the text itself: for values that may be anything."""
    try:
        return json(text)
    except ValueError:
        if text.startswith("@"):
            raise
        return text


def values_of(kind: type[Options]) -> dict[str, Value]:
    """How each parameter of a call is read, by its name.

    Args:
        kind: The Struct of the call's parameters.
    """
    hints = typing.get_type_hints(kind, include_extras=True)
    return {name: value_of(hints[name]) for name in kind.__struct_fields__}


PLAIN: dict[Any, Value] = {
    str: Value(str, "TEXT"),
    Id: Value(str, "ID"),
    IdFilter: Value(str, "ID"),
    IdOrIds: Value(str, "ID", many=True),
    bool: Value(boolean, "BOOL"),
    int: Value(integer, "INTEGER"),
    float: Value(number, "NUMBER"),
    datetime: Value(moment, "TIME"),
}
JSON = Value(json, "JSON")
ANYTHING = Value(plain_or_json, "VALUE")


def value_of(annotation: Any) -> Value:
    """How a parameter of this type is read."""
    members = _members(annotation)
    if datetime in members:
        return PLAIN[datetime]
    lists = [member for member in members if _is(member, Sequence)]
    if lists:
        inner = value_of((*typing.get_args(lists[0]), Any)[0])
        return Value(inner.read, inner.metavar, many=True, choices=inner.choices)
    if len(members) > 1 and set(members) == {int, float}:
        return PLAIN[float]
    if len(members) != 1 or members[0] is Any:
        texts = [member for member in members if member in (str, Id)]
        return PLAIN[texts[0]] if len(texts) == len(members) and texts else ANYTHING
    return _single(members[0])


def _single(member: Any) -> Value:
    if member in PLAIN:
        return PLAIN[member]
    if typing.get_origin(member) is Literal:
        return _chosen([str(choice) for choice in typing.get_args(member)], strict=True)
    if isinstance(member, type) and issubclass(member, Enum):
        return _chosen([str(choice.value) for choice in member], strict=False)
    if isinstance(member, type) and issubclass(member, Taken):
        return PLAIN[str]  # what it may be is the client's to say
    return JSON


def _chosen(choices: list[str], *, strict: bool) -> Value:
    def read(text: str) -> str:
        if strict and text not in choices:
            message = f"{text[:60]!r} is none of {', '.join(choices)}"
            raise ValueError(message)
        return text

    shown = "|".join(choices)
    return Value(read, shown if len(shown) < 60 else "CHOICE", choices=tuple(choices))


def _members(annotation: Any) -> list[Any]:
    """The types that a value may have, without those that the command line does not write."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _members(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        found = [member for part in typing.get_args(annotation) for member in _members(part)]
        return list(dict.fromkeys(found))
    if annotation in (UnsetType, type(None)) or annotation is Op or origin is Op:
        return []
    return [annotation]


def _is(member: Any, kind: type[Any]) -> bool:
    origin = typing.get_origin(member) or member
    return isinstance(origin, type) and issubclass(origin, kind) and not issubclass(origin, str | Mapping)
