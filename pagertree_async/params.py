"""What a caller passes: arguments that are named, typed and checked before anything is sent."""

from __future__ import annotations

import difflib
import inspect
import re
from abc import ABC
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias, TypeVar, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from pagertree_async.errors import InvalidArgumentError, InvalidIdError
from pagertree_async.http import Timeout
from pagertree_async.models import Model, Part, Timestamp
from pagertree_async.query import Filter, Op, seconds, text
from pagertree_async.retry import RetryPolicy

S = TypeVar("S", bound="Options")

ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Id(str):
    """An id that was checked."""

    __slots__ = ()


class Ids(list[Id]):
    """Several ids that were checked."""


class IdOrIds(ABC):  # noqa: B024 - what belongs to it is registered
    """An id or several, checked: msgspec has no union of types that are not its own."""


IdOrIds.register(Id)
IdOrIds.register(Ids)


class IdOp(Op[Id], frozen=True):
    """A comparison with ids that were checked."""


class IdFilter(ABC):  # noqa: B024 - what belongs to it is registered
    """An id, or a comparison with ids, checked."""


IdFilter.register(Id)
IdFilter.register(IdOp)


class Object(dict[str, Any]):
    """A JSON object."""


class Taken(str):
    """A text that an argument becomes: a subclass says what it takes, and makes of it what is sent."""

    __slots__ = ()

    @classmethod
    def take(cls, value: object) -> Self:
        """``value`` as it is sent.

        Raises:
            InvalidArgumentError: It is nothing that is taken.
        """
        raise NotImplementedError


if TYPE_CHECKING:
    Ref: TypeAlias = str | Model
    Refs: TypeAlias = str | Model | Sequence[str | Model]
    RefFilter: TypeAlias = Filter[str | Model]
    JsonObject: TypeAlias = Mapping[str, Any] | Part
else:
    Ref = Id
    Refs = IdOrIds
    RefFilter = IdFilter
    JsonObject = Object
"""``Ref``: an object, or its id. ``Refs``: one of them or several. ``RefFilter``: what a list's ids are compared with.
``JsonObject``: a mapping, or a part of a model; of the latter what is None is left out."""

UnixSeconds: TypeAlias = Annotated[Timestamp | int, Meta(title="UnixSeconds")]
"""A moment that the API counts in seconds since 1970: an aware ``datetime``, or the seconds themselves."""


def checked_id(value: object) -> Id:
    """The id that ``value`` is or has.

    Raises:
        InvalidIdError: It is not an id: with dots or slashes it could change the address of the request.

    >>> checked_id("alt_H1fh-yx6z")
    'alt_H1fh-yx6z'
    """
    given: object = value.id if isinstance(value, Model) else value
    if isinstance(given, str) and ID.fullmatch(given):
        return Id(given)
    message = f"not an id: {str(given)[:80]!r}" if isinstance(given, str) else f"not an id but a {type(given).__name__}"
    raise InvalidIdError(message, hint="An id is 1 to 64 letters, digits, '_' or '-'; an object may stand in its place")


class Options(msgspec.Struct, kw_only=True):
    """What every call takes beside its own arguments.

    Args:
        timeout: Seconds for the whole call, or a :class:`~pagertree_async.Timeout` with its parts.
        retry: When this call is tried again.
        extra_query: More query values, for what this version does not know.
        extra_body: More values of the JSON body, for what this version does not know.
    """

    timeout: float | Timeout | UnsetType = UNSET
    retry: RetryPolicy | UnsetType = UNSET
    extra_query: Mapping[str, Any] | UnsetType = UNSET
    extra_body: Mapping[str, Any] | UnsetType = UNSET

    unix_fields: ClassVar[frozenset[str]] = frozenset()
    as_they_are: ClassVar[bool] = True
    """Whether the body is the arguments as they are, without seconds to count and without a shape of its own."""
    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Sets of arguments of which one must be there whole, the newest first."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = inspect.get_annotations(cls)
        cls.unix_fields = cls.unix_fields | {
            name for name, annotation in own.items() if "UnixSeconds" in str(annotation)
        }
        cls.as_they_are = not cls.unix_fields and cls.shaped is Options.shaped

    def problem(self) -> str | None:
        """What is wrong with the arguments together, in words that follow ``alerts.create()``; None when nothing is."""
        return None

    def shaped(self, values: dict[str, Any]) -> dict[str, Any]:
        """The body in the shape that the API takes it in, from the arguments by their names on the wire."""
        return values

    def encoded(self) -> bytes:
        """The arguments as a JSON body."""
        given: Any = self
        if not self.as_they_are or any(getattr(self, name) is not UNSET for name in OPTION_NAMES):
            given = dict(self.given())
            for name in self.unix_fields:
                wire = names_of(type(self))[name]
                if isinstance(given.get(wire), datetime):
                    given[wire] = seconds(given[wire])
            given = self.shaped(given) | dict(self.extra_body or {})
        return encoded_body(given)

    def given(self) -> list[tuple[str, Any]]:
        """The arguments that were passed, by their names on the wire, without the options."""
        return [
            (wire, value)
            for name, wire in names_of(type(self)).items()
            if name not in OPTION_NAMES and (value := getattr(self, name)) is not UNSET
        ]

    def query(self) -> dict[str, Any]:
        """The arguments as query values, comparisons as ``ops``."""
        unix = {names_of(type(self))[name] for name in self.unix_fields}
        values: dict[str, Any] = {}
        ops: list[str] = []
        for wire, value in self.given():
            values[wire] = text(value, unix=wire in unix)
            if isinstance(value, Op):
                ops.append(f"{wire}:{value.name}")
        if ops:
            values["ops"] = ",".join(ops)
        return values | dict(self.extra_query or {})


OPTION_NAMES = frozenset(Options.__struct_fields__)


class Query(Options, kw_only=True):
    """What every list takes.

    Args:
        limit: Rows a page, 1 to 100.
        offset: Rows to skip.
        page: The page to begin with, from 1, of ``limit`` rows: without it 100 a page when the list is iterated, and the
            API's own 10 when it is awaited; not together with ``offset``.
    """

    limit: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    offset: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    page: Annotated[int, Meta(ge=1)] | UnsetType = UNSET


@cache
def names_of(kind: type[msgspec.Struct]) -> dict[str, str]:
    """The fields of a Struct by their names in Python, with their names on the wire."""
    return dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))


@cache
def required(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The names of the arguments that must be given."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.required)


def _refer(kind: type, value: object) -> object:
    if kind is Id:
        return checked_id(value)
    if kind is IdOrIds:
        many = isinstance(value, list | tuple)
        return Ids(map(checked_id, cast("Sequence[object]", value))) if many else checked_id(value)
    if kind is IdFilter:
        if not isinstance(value, Op):
            return checked_id(value)
        op = cast("Op[object]", value)
        return IdOp(op.name, tuple(map(checked_id, op.operands)))
    if kind is Object and isinstance(value, Part):
        return Object((name, inner) for name, inner in msgspec.to_builtins(value).items() if inner is not None)
    if kind is Object and isinstance(value, Mapping):
        return Object(cast("Mapping[str, Any]", value))
    if kind is Object:
        message = f"expected a mapping, got {type(value).__name__}"
        raise TypeError(message)
    assert issubclass(kind, Taken), "no other type of ours stands in a parameter"
    return kind.take(value)


def checked(kind: type[S], arguments: Mapping[str, Any], verb: str) -> S:
    """The arguments of a call, each of its type.

    Args:
        kind: The parameters of the call.
        arguments: What the caller passed by name.
        verb: How the call is named in errors: ``alerts.create``.

    Raises:
        InvalidArgumentError: One is missing, unknown or of the wrong type.
        InvalidIdError: What stands in the place of an id is none.
    """
    names = names_of(kind)
    given: dict[str, Any] = {}
    for name, value in arguments.items():
        wire = names.get(name)
        if wire is None:
            near = difflib.get_close_matches(name, names, n=1)
            message = f"{verb}() has no argument {name!r}{f'; did you mean {near[0]!r}?' if near else ''}"
            raise InvalidArgumentError(message)
        if value is not UNSET:
            given[wire] = value
    missing = [name for name in required(kind) if names[name] not in given]
    if not missing and kind.alternatives:
        missing = min(([name for name in way if names[name] not in given] for way in kind.alternatives), key=len)
    if missing:
        message = f"{verb}() is missing {', '.join(repr(name) for name in missing)}"
        ways = "; or ".join(", ".join(way) for way in kind.alternatives)
        raise InvalidArgumentError(message, hint=f"Give {ways}" if ways else None)
    for wire, value in given.items():
        if isinstance(value, Op):
            for operand in cast("Op[object]", value).operands:
                if operand is UNSET or isinstance(operand, Op):
                    message = f"{verb}(): {value.name}() compares with a value, not with {operand!r}"
                    raise InvalidArgumentError(message)
                _convert(kind, given | {wire: operand}, verb)
    made = _convert(kind, given, verb)
    problem = made.problem()
    if problem is not None:
        message = f"{verb}() {problem}"
        raise InvalidArgumentError(message)
    return made


def _plain(value: object) -> str:
    if isinstance(value, Id | Taken):
        return str(value)
    message = f"objects of type {type(value).__name__} are not supported"
    raise TypeError(message)


def encoded_body(value: object) -> bytes:
    """``value`` as JSON.

    Raises:
        InvalidArgumentError: It has something that JSON cannot hold.
    """
    try:
        return msgspec.json.encode(value, enc_hook=_plain)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        message = f"the body cannot be sent as JSON: {error}"
        raise InvalidArgumentError(message) from None


def _convert(kind: type[S], given: Mapping[str, Any], verb: str) -> S:
    try:
        return msgspec.convert(given, kind, dec_hook=_refer)
    except msgspec.ValidationError as error:
        what, _, where = str(error).replace(" | object", "").partition(" - at `$.")
        wire = re.split(r"[.\[`]", where)[0]
        name = next((name for name, on_wire in names_of(kind).items() if on_wire == wire), wire)
        if isinstance(error.__cause__, InvalidArgumentError):
            error.__cause__.message = f"{verb}(): {name}: {error.__cause__.message}"
            raise error.__cause__ from None
        message = f"{verb}(): {name}: {what[:1].lower()}{what[1:]}"
        raise InvalidArgumentError(message) from None


def converted(value: object, kind: Any, name: str) -> Any:
    """``value`` as a ``kind``, for an object inside an argument.

    Raises:
        InvalidArgumentError: It is of another type.
    """
    try:
        return msgspec.convert(value, kind, dec_hook=_refer)
    except msgspec.ValidationError as error:
        cause = error.__cause__
        what = cause.message if isinstance(cause, InvalidArgumentError) else str(error)
        message = f"{name}: {what[:1].lower()}{what[1:]}"
        raise InvalidArgumentError(message) from None


def mapped(names: Sequence[str], kind: type[msgspec.Struct]) -> str:
    """Attribute names, each perhaps with a leading minus, as the API spells them, joined by commas."""
    wire = names_of(kind)
    return ",".join(
        ("-" if name.startswith("-") else "") + wire.get(name.lstrip("-"), name.lstrip("-")) for name in names
    )
