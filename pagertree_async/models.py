"""What the API sends, as immutable values that lose nothing: unknown fields, unknown enum values, odd times."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    TypeAlias,
    TypeVar,
    dataclass_transform,
    get_args,
    get_origin,
)

import msgspec

from pagertree_async.errors import InvalidResponseError, shortened

R = TypeVar("R")
T = TypeVar("T")

SECRETS = re.compile(rb'("(?:password|verificationcode)"\s*:\s*")(?:[^"\\]|\\.)*')
"""Secrets in a body that is shown because no model could be made of it."""

Json: TypeAlias = dict[str, Any]
"""Free-form JSON: an object whose keys and values the API does not fix."""

Timestamp = Annotated[datetime, msgspec.Meta(tz=True)]
"""A moment, sent as ISO 8601 with its offset; an aware ``datetime``."""

if TYPE_CHECKING:
    UnixTime: TypeAlias = datetime
else:
    UnixTime = Annotated[int | float | str, msgspec.Meta(title="UnixTime")]
"""A moment, sent as seconds since 1970 (ISO 8601 is taken as well); read from a model it is an aware ``datetime``.

It stays what was sent until it is read: turning every one of a page into a ``datetime`` costs as much as the rest of the
decoding.
"""


class OpenEnum(StrEnum):
    """An enum that the server may extend: a value not met before becomes a member of its own, equal to its string."""

    @classmethod
    def _missing_(cls, value: object) -> OpenEnum | None:
        if not isinstance(value, str):
            return None
        stranger = str.__new__(cls, value)
        stranger._name_ = stranger._value_ = value
        return stranger


def as_datetime(value: float | str | datetime | None) -> datetime | None:
    """Seconds since 1970, ISO 8601 or a ``datetime``, as an aware ``datetime``; None stays None.

    Raises:
        InvalidResponseError: It is no moment, or none that a ``datetime`` can be.

    >>> as_datetime(1524787370)
    datetime.datetime(2018, 4, 27, 0, 2, 50, tzinfo=datetime.timezone.utc)
    """
    if value is None or isinstance(value, datetime):
        return value
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        message = f"the API sent {shortened(repr(value), 80)} as a moment"
        raise InvalidResponseError(message, hint="to_dict() has it as it came") from None


class _UnixField:
    """Reads a field of unix seconds as an aware ``datetime``, leaving in the Struct what was sent."""

    def __init__(self, member: Any) -> None:
        self._member = member

    def __get__(self, model: Any, owner: type | None = None) -> Any:
        return self if model is None else as_datetime(self._member.__get__(model, owner))


def _read_unix_times(kind: type[msgspec.Struct]) -> None:
    for name, annotation in inspect.get_annotations(kind).items():
        if "UnixTime" in str(annotation):
            setattr(kind, name, _UnixField(kind.__dict__[name]))


class Part(msgspec.Struct, frozen=True):
    """A typed object inside another; what it holds beyond its fields is in the outer model's ``to_dict()``."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _read_unix_times(cls)


class _Received:
    """Room for the bytes that an object was made of, at a twentieth of what a ``__dict__`` takes."""

    __slots__ = ("_sent",)
    _sent: bytes


_keep: Callable[[Any, bytes], None] = _Received.__dict__["_sent"].__set__


@dataclass_transform(frozen_default=True, field_specifiers=(msgspec.field,))
class Model(msgspec.Struct, _Received, frozen=True):
    """An object of the API.

    Frozen, hashable by identity of content, safe to copy and pickle. Fields the API did not send are None; fields this
    version does not know are in :attr:`extra`.
    """

    id: str
    """The object's id, unique in its account."""

    secret_fields: ClassVar[frozenset[str]] = frozenset()
    """Names, as on the wire, of fields hidden in ``repr`` and left out of exports."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        _read_unix_times(cls)

    @property
    def extra(self) -> Json:
        """What the API sent beyond the fields of this version, by its names on the wire."""
        sent = getattr(self, "_sent", None)
        if sent is None:
            return {}
        known = self.__struct_encode_fields__
        return {name: value for name, value in _parsed(sent).items() if name not in known}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id this object answers to."""
        return (self.id,)

    @property
    def row_key(self) -> object:
        """What a list tells its rows apart by: the id, unless an object has a row for each of its occurrences."""
        return self.id

    def to_json(self, *, secrets: bool = True) -> bytes:
        """The object as JSON, in bytes: just what was sent, unknown fields and odd times included.

        Args:
            secrets: False leaves out the fields that are secrets.
        """
        if not secrets and self.secret_fields:
            return msgspec.json.encode(self.to_dict(secrets=False))
        sent: bytes | None = getattr(self, "_sent", None)
        return msgspec.json.encode(self.to_dict()) if sent is None else sent

    def to_dict(self, *, secrets: bool = True) -> Json:
        """The object as builtin types by its names on the wire: just what was sent.

        Args:
            secrets: False leaves out the fields that are secrets.
        """
        sent = getattr(self, "_sent", None)
        if sent is None:
            given = {name: value for name, value in msgspec.to_builtins(self).items() if value is not None}
        else:
            given = _parsed(sent)
        return given if secrets else {name: value for name, value in given.items() if name not in self.secret_fields}

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What is shown, by rich as well: the fields that were sent, secrets hidden."""
        return [
            (name, "***" if wire in self.secret_fields else value)
            for name, wire in zip(self.__struct_fields__, self.__struct_encode_fields__, strict=True)
            if (value := _shown(self, name)) is not None
        ]

    def __repr__(self) -> str:
        shown = [f"{name}={shortened(repr(value), 120)}" for name, value in self.__rich_repr__()]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __hash__(self) -> int:
        return hash((type(self), self.id))

    def __copy__(self) -> Model:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        sent = getattr(self, "_sent", None)
        if sent is None:
            return _built, (type(self), msgspec.structs.asdict(self))
        return _received, (type(self), sent)


M = TypeVar("M", bound=Model)


_id_of, _row_key_of = attrgetter("id"), attrgetter("row_key")


def row_keys(rows: Sequence[Model]) -> Iterable[object]:
    """What a list tells these rows apart by."""
    plain = bool(rows) and type(rows[0]).row_key is Model.row_key
    return map(_id_of if plain else _row_key_of, rows)


def _shown(model: Model, name: str) -> object:
    try:
        return getattr(model, name)
    except InvalidResponseError:  # a moment that is none must not keep the rest from being seen
        return msgspec.structs.asdict(model)[name]


def _parsed(sent: bytes) -> Json:
    try:
        given: Json = msgspec.json.decode(sent)
    except (msgspec.DecodeError, UnicodeDecodeError):  # a field that no model reads has a number or text that is none
        given = json.loads(sent.decode("utf-8", "replace"))
    return given


def _built(model: type[M], fields: dict[str, Any]) -> M:
    return model(**fields)


def _received(model: type[M], sent: bytes) -> M:
    return reader(model)(sent)


@cache
def reader(kind: type[R]) -> Callable[[bytes | msgspec.Raw], R]:
    """A function that turns JSON into a ``kind``; a model, alone or in a list, keeps the bytes it was made of, and no others.

    Raises:
        msgspec.DecodeError: From the function: not JSON, or, as ``msgspec.ValidationError``, of another shape.
    """
    if get_origin(kind) is list and inspect.isclass(row := get_args(kind)[0]) and issubclass(row, Model):
        return _whole_reader(row)
    decode = msgspec.json.Decoder(kind).decode
    if not (inspect.isclass(kind) and issubclass(kind, Model)):
        return decode

    def read(sent: bytes | msgspec.Raw) -> R:
        try:
            thing = decode(sent)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            sent = _mended(bytes(sent))
            thing = decode(sent)
        _keep(thing, bytes(sent))
        return thing

    return read


@cache
def rows_reader(model: type[M]) -> Callable[[Sequence[msgspec.Raw]], list[M]]:
    """A function that turns the rows of a page into models, each of which keeps the bytes it was made of, and no others.

    Raises:
        msgspec.DecodeError: From the function: a row is not JSON, or, as ``msgspec.ValidationError``, of another shape.
    """
    decode, careful = msgspec.json.Decoder(model).decode, reader(model)

    def read(rows: Sequence[msgspec.Raw]) -> list[M]:
        try:
            things = list(map(decode, rows))
        except msgspec.DecodeError:  # a row that can be mended, or that is at fault
            return list(map(careful, rows))
        for thing, sent in zip(things, map(bytes, rows), strict=True):
            _keep(thing, sent)
        return things

    return read


def _whole_reader(row: type[Model]) -> Callable[[bytes | msgspec.Raw], Any]:
    read_rows, split = rows_reader(row), mending(msgspec.json.Decoder(list[msgspec.Raw] | _Whole).decode)

    def read(sent: bytes | msgspec.Raw) -> list[Model]:
        rows: list[msgspec.Raw] | _Whole = split(sent)
        if isinstance(rows, _Whole):
            if rows.has_more:
                message = "Expected all of a list, got a page of it"
                raise msgspec.ValidationError(message)
            rows = rows.data
        return read_rows(rows)

    return read


class _Whole(msgspec.Struct):
    data: list[msgspec.Raw]
    has_more: bool = False


def mending(decode: Callable[[bytes | msgspec.Raw], R]) -> Callable[[bytes | msgspec.Raw], R]:
    """``decode``, for what may hold such text as :func:`_mended` mends."""

    def read(sent: bytes | msgspec.Raw) -> R:
        try:
            return decode(sent)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            return decode(_mended(bytes(sent)))

    return read


def _mended(body: bytes) -> bytes:
    """A body with escapes for half a character, which one system in the chain cut, without them.

    One such title must not keep a whole page of alerts from being read.
    """
    if b"\\ud" not in body.lower():
        return body
    try:
        return json.dumps(json.loads(body.decode()), ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return body


def decoded(body: bytes, read: Callable[[bytes], R], status: int = 200) -> R:
    """``read(body)``, its failures told as what they are.

    Raises:
        InvalidResponseError: The body is not JSON (``malformed``) or JSON of another shape.
    """
    try:
        return read(body)
    except msgspec.ValidationError as error:
        body = SECRETS.sub(rb"\1***", body)
        message = f"{status}, but the answer has another shape: {error}"
        raise InvalidResponseError(
            message, status=status, body=body, hint="The API may have changed: a newer version of this package may help"
        ) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        start = shortened(SECRETS.sub(rb"\1***", body[:80]).decode("utf-8", "replace"))
        body = SECRETS.sub(rb"\1***", body)
        message = f"{status}, but the answer is {f'not JSON ({error}): {start!r}' if body else 'empty'}"
        raise InvalidResponseError(
            message, status=status, body=body, malformed=True, hint="Check base_url, and what stands before the API"
        ) from error
