"""Create or leave: the object that has some attributes is there afterwards, and has the others too."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeAlias, TypeVar, cast, overload

import msgspec
from msgspec import UNSET

from pagertree_async.calling import Async, Blocking
from pagertree_async.endpoints import Endpoint, Lists, Operation, Service, Stub
from pagertree_async.errors import InvalidArgumentError
from pagertree_async.models import M, Model
from pagertree_async.pages import find
from pagertree_async.params import OPTION_NAMES, Options, Query, checked, names_of
from pagertree_async.query import seconds
from pagertree_async.retry import Safety

P = ParamSpec("P")
T = TypeVar("T")

Happened: TypeAlias = Literal["created", "changed", "left"]


class Ensured(msgspec.Struct, Generic[T], frozen=True):
    """An object that is there now as it was asked for, and what that took.

    Attributes:
        object: The object as it is now.
        happened: ``"created"``, ``"changed"``, or ``"left"`` as it was.
        changed: The attributes that were changed, by name.
    """

    object: T
    happened: Happened
    changed: tuple[str, ...] = ()


class Ensures(Operation, Generic[P, M]):
    """Finds by some attributes; creates what is not there, changes what differs, sends nothing when nothing does."""

    derived = True

    def __init__(
        self, stub: Stub, query: type[Query], create: type[Options], update: type[Options], model: type[M]
    ) -> None:
        super().__init__(stub, "PUT", "", create, model, Safety.CREATE)
        self._list: Lists[..., M] = Lists(stub, "", query, model)
        self._create: Endpoint[..., M] = Endpoint(stub, "POST", "", create, model, Safety.CREATE)
        self._update: Endpoint[..., M] = Endpoint(
            stub, "PUT", "/{id}", update, model, Safety.IDEMPOTENT, about_itself=True
        )

    def parts(self) -> Iterable[Operation]:
        """The operation itself, and those that it is made of."""
        return self, self._list, self._create, self._update

    @overload
    def __get__(self, service: None, owner: Any = None) -> Ensures[P, M]: ...
    @overload
    def __get__(
        self, service: Service[Async], owner: Any = None
    ) -> Callable[Concatenate[Sequence[str], P], Coroutine[Any, Any, Ensured[M]]]: ...
    @overload
    def __get__(
        self, service: Service[Blocking], owner: Any = None
    ) -> Callable[Concatenate[Sequence[str], P], Ensured[M]]: ...
    def __get__(self, service: Service[Any] | None, owner: Any = None) -> Any:
        return self if service is None else self.bound(service)

    def _positional(self) -> tuple[str, ...]:
        return ("by",)

    def _returns(self) -> str:
        return f"Ensured[{self.result.__name__}]"

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then look, and create or change as the service's mode has it."""
        verb = f"{service.name}.{self.verb}"
        if len(args) != 1 or isinstance(args[0], str) or not args[0]:
            message = (
                f"{verb}() takes the names of the attributes to find by first, as in {verb}(('name',), name='SRE')"
            )
            raise InvalidArgumentError(message)
        missing = [name for name in args[0] if name not in kwargs]
        if missing:
            message = f"{verb}() is to find by {', '.join(map(repr, missing))}, which was not given"
            raise InvalidArgumentError(message)
        self._check_names(verb, args[0], kwargs)
        options = {name: kwargs[name] for name in OPTION_NAMES & kwargs.keys()}
        wanted = {name: value for name, value in kwargs.items() if name not in options and value is not UNSET}
        given = checked(self.params, kwargs, verb)
        return service._session.mode.run(self._ensured(service, tuple(args[0]), wanted, given, options))  # pyright: ignore[reportPrivateUsage]

    def _check_names(self, verb: str, by: Sequence[str], given: Mapping[str, Any]) -> None:
        known = names_of(self._list.params).keys() - names_of(Query).keys()
        for name in by:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                message = f"{verb}() cannot find by {name!r}: the API's list does not filter by it"
                raise InvalidArgumentError(message, hint=f"It does by {near[0]!r}" if near else None)
            if isinstance(given[name], list | tuple):
                message = f"{verb}() cannot find by {name!r}: it holds several values, and the list asks for one"
                raise InvalidArgumentError(message, hint="Find by an attribute of one value")

    async def _ensured(
        self,
        service: Service[Any],
        by: tuple[str, ...],
        wanted: dict[str, Any],
        given: Options,
        options: dict[str, Any],
    ) -> Ensured[M]:
        session = service._session  # pyright: ignore[reportPrivateUsage]
        reading = {name: value for name, value in options.items() if name in {"timeout", "retry"}}
        listing = self._list.listing(service, (), reading)
        found = await find(session, listing, {name: wanted[name] for name in by})
        if found is None:
            made: M = await session.call(*self._create.prepared(service, (), wanted | options))
            return Ensured(made, "created")
        other = {name: wanted[name] for name in wanted if not same(getattr(found, name, None), getattr(given, name))}
        if not other:
            return Ensured(found, "left")
        changed: M = await session.call(*self._update.prepared(service, (found,), other | options))
        return Ensured(changed, "changed", tuple(other))


def same(has: object, wants: object) -> bool:
    """Whether an attribute already is as it is wanted.

    Objects are compared by the keys that are wanted, ids without regard to their order, moments to the second.
    """
    if isinstance(has, datetime):
        return seconds(has) == (seconds(wants) if isinstance(wants, datetime) else wants)
    if isinstance(wants, Mapping):
        holds = msgspec.to_builtins(has) if isinstance(has, msgspec.Struct) else has
        keys = cast("Mapping[str, object]", wants)
        parts = cast("Mapping[str, object]", holds)
        return isinstance(holds, Mapping) and all(key in parts and same(parts[key], keys[key]) for key in keys)
    if isinstance(wants, list | tuple) and isinstance(has, list | tuple):
        wanted, held = cast("Sequence[object]", wants), cast("Sequence[object]", has)
        if all(isinstance(item, str) for item in (*wanted, *held)):
            return sorted(map(str, wanted)) == sorted(map(str, held))
        return len(wanted) == len(held) and all(same(*pair) for pair in zip(held, wanted, strict=True))
    return has == (wants.id if isinstance(wants, Model) else wants)


def ensures(
    query: Callable[..., Query], create: Callable[P, Options], update: Callable[..., Options], model: type[M]
) -> Callable[[Stub], Ensures[P, M]]:
    """Create or leave: find by some attributes, create what is not there, change what differs."""
    assert isinstance(query, type)
    assert isinstance(create, type)
    assert isinstance(update, type)
    kinds = query, create, update
    return lambda stub: Ensures(stub, *kinds, model)
