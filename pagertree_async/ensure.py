"""Create or leave: the object that has some attributes is there afterwards, and has the others too."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, Concatenate, Generic, Literal, ParamSpec, TypeAlias, TypeVar, overload

import msgspec
from msgspec import UNSET

from pagertree_async.alike import Lookup, Reading, changes, same
from pagertree_async.calling import Async, Blocking
from pagertree_async.endpoints import Endpoint, Lists, Operation, Service, Stub
from pagertree_async.errors import LINE, InvalidArgumentError, shortened
from pagertree_async.models import M
from pagertree_async.pages import find
from pagertree_async.params import OPTION_NAMES, Options, Query, checked, names_of
from pagertree_async.retry import Safety

P = ParamSpec("P")
T = TypeVar("T")

ONE_ID = Reading()
NO_PARTS: Mapping[str, tuple[str, str]] = {}

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

    def __repr__(self) -> str:
        what = " ".join([self.happened, ", ".join(self.changed)]).strip()
        return f"<Ensured {what}: {shortened(repr(self.object), LINE)}>"


class Ensures(Operation, Generic[P, M]):
    """Finds by some attributes; creates what is not there, changes what differs, sends nothing when nothing does."""

    derived = True

    def __init__(
        self,
        stub: Stub,
        query: type[Query],
        create: type[Options],
        update: type[Options],
        model: type[M],
        reading: Reading,
        parts: Mapping[str, tuple[str, str]],
    ) -> None:
        super().__init__(stub, "PUT", "", create, model, Safety.CREATE)
        self._list: Lists[..., M] = Lists(stub, "", query, model)
        self._create: Endpoint[..., M] = Endpoint(stub, "POST", "", create, model, Safety.CREATE)
        self._update: Endpoint[..., M] = Endpoint(
            stub, "PUT", "/{id}", update, model, Safety.IDEMPOTENT, about_itself=True
        )
        self._reading = reading
        self._parts = parts

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
        lookup = Lookup(session, self._reading, reading)
        other: dict[str, Any] = {}
        for name, value in wanted.items():
            if name in self._parts:
                read, key = self._parts[name]
                if written := changes(getattr(found, read) or [], getattr(given, name), key):
                    other[name] = written
                continue
            has = getattr(found, name, None)
            if not same(has, getattr(given, name)) and not await lookup.same_ids(name, has, value):
                other[name] = value
        if not other:
            return Ensured(found, "left")
        changed: M = await session.call(*self._update.prepared(service, (found,), other | options))
        return Ensured(changed, "changed", tuple(other))


def ensures(
    query: Callable[..., Query],
    create: Callable[P, Options],
    update: Callable[..., Options],
    model: type[M],
    *,
    reading: Reading = ONE_ID,
    parts: Mapping[str, tuple[str, str]] = NO_PARTS,
) -> Callable[[Stub], Ensures[P, M]]:
    """Create or leave: find by some attributes, create what is not there, change what differs.

    ``reading`` tells what ids refer to, where objects have two; ``parts`` names attributes by which parts of the object are
    written, each with the one by which they are read, and with what tells the parts of an object apart.
    """
    assert isinstance(query, type)
    assert isinstance(create, type)
    assert isinstance(update, type)
    kinds = query, create, update
    return lambda stub: Ensures(stub, *kinds, model, reading, parts)
