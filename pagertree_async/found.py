"""Act on one object: the one whose id is given, or the one that answers to what the caller calls it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

import msgspec

from pagertree_async.calling import Async, Blocking
from pagertree_async.endpoints import Endpoint, Finds, Lists, Operation, Service, Stub
from pagertree_async.errors import InvalidArgumentError, MultipleFoundError, NoneFoundError
from pagertree_async.models import M
from pagertree_async.pages import Listing, Walk, find, matches
from pagertree_async.paging import fetch
from pagertree_async.params import OPTION_NAMES, Options, Query, Ref, checked
from pagertree_async.query import ne
from pagertree_async.retry import Safety

P = ParamSpec("P")
N = ParamSpec("N")
Q = ParamSpec("Q")
R_co = TypeVar("R_co", covariant=True)

NAMED = 5
"""How many objects an error names."""


class Naming(msgspec.Struct, frozen=True):
    """How objects are told apart that bear the same name one after another.

    Attributes:
        name: The attribute that is their name.
        among: The states of those that are still of concern.
        over: The state of most of the others, which the server is asked to leave out.
        newest: How the list is sorted to have the newest first.
    """

    name: str
    among: frozenset[str]
    over: str
    newest: str


class ByIdOrName(Protocol[P, N, R_co]):
    """Is called with an object or its id, or else with what the caller calls it."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: N.args, **kwargs: N.kwargs) -> R_co: ...


class ActsOnOne(Endpoint[P, M], Generic[P, N, M]):
    """Moves an object to a state: that of an id, or the one that has the attributes given and is still of concern.

    Of those that have the attributes, the one whose ``status`` is still of concern is meant, or else the one in a state
    of ``also``. One that has been brought to one of ``reaches`` already is returned as it is: doing it again adds nothing.
    """

    def __init__(
        self,
        stub: Stub,
        path: str,
        params: type[Options],
        name: type[Options],
        query: type[Query],
        model: type[M],
        naming: Naming,
        also: frozenset[str],
        reaches: frozenset[str],
    ) -> None:
        super().__init__(
            stub, "POST", f"/{{id}}/{path}", params, model, Safety.STATE, about_itself=True, reaches=reaches
        )
        self.takes = name
        self.instead: tuple[str, ...] = tuple(
            field for field in name.__struct_fields__ if field not in params.__struct_fields__
        )
        self._list: Lists[..., M] = Lists(stub, "", query, model)
        self._naming = naming
        self._also = also

    def parts(self) -> Iterable[Operation]:
        """The operation itself, and those that it is made of."""
        return self, self._list

    @overload
    def __get__(self, service: None, owner: Any = None) -> ActsOnOne[P, N, M]: ...
    @overload
    def __get__(self, service: Service[Async], owner: Any = None) -> ByIdOrName[P, N, Coroutine[Any, Any, M]]: ...
    @overload
    def __get__(self, service: Service[Blocking], owner: Any = None) -> ByIdOrName[P, N, M]: ...
    def __get__(self, service: Service[Any] | None, owner: Any = None) -> Any:
        return self if service is None else self.bound(service)

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then act on the object of the id, or look for one first, as the service's mode has it."""
        sought = {name: kwargs[name] for name in self.instead if name in kwargs}
        verb = f"{service.name}.{self.verb}"
        if bool(args) == bool(sought):
            ways = f"{self.arguments[0]}, or {' and '.join(self.instead)} by name"
            message = f"{verb}() takes {ways}: {'not both' if args else 'neither was given'}"
            raise InvalidArgumentError(message)
        if args:
            return super().run(service, args, kwargs)
        wanted = checked(self.takes, kwargs, verb)
        options = {name: kwargs[name] for name in OPTION_NAMES & kwargs.keys()}
        return service._session.mode.run(self._acted(service, wanted, sought, options))  # pyright: ignore[reportPrivateUsage]

    async def _acted(
        self, service: Service[Any], wanted: Options, sought: dict[str, Any], options: dict[str, Any]
    ) -> M:
        verb, session = f"{service.name}.{self.verb}", service._session  # pyright: ignore[reportPrivateUsage]
        reading = {name: value for name, value in options.items() if name in {"timeout", "retry"}}
        naming, which = self._naming, _said(sought)
        listing = self._list.listing(service, (), sought | reading | {"status": ne(naming.over)})
        left = [item for item in await _every(session, listing) if matches(item, sought, wanted)]
        found = _in(left, naming.among) or _in(left, self._also)
        states = " or ".join(sorted(naming.among | self._also))
        if not found:
            newest = self._list.listing(service, (), sought | reading | {"sort": naming.newest})
            page = await fetch(session, newest, NAMED, 0)
            others = [item for item in page.data if matches(item, sought, wanted)]
            told = f"is {states}; there is {_named(others)}" if others else "is there"
            message = f"{verb}(): none with {which} {told}"
            raise NoneFoundError(message)
        if len(found) > 1:
            message = f"{verb}(): several with {which} are {states}: {_named(found)}"
            raise MultipleFoundError(message, hint="Nothing was done; act on one of them by its id")
        thing: M = found[0]
        if _state(thing) not in self._reaches:
            thing = await self.begun(service, (thing,), options)
        return thing


class FindsNamed(Finds[P, M]):
    """The one object of a list that has the attributes given: of several of one name, the one still of concern."""

    def __init__(self, stub: Stub, query: type[Query], model: type[M], naming: Naming) -> None:
        super().__init__(stub, "", query, model)
        self._naming = naming

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then look for the object as the service's mode has it."""
        options = {name: kwargs.pop(name) for name in OPTION_NAMES & kwargs.keys()}
        return service._session.mode.run(self._found(service, args, kwargs, options))  # pyright: ignore[reportPrivateUsage]

    async def _found(
        self, service: Service[Any], args: tuple[Any, ...], sought: dict[str, Any], options: dict[str, Any]
    ) -> M | None:
        session, naming = service._session, self._naming  # pyright: ignore[reportPrivateUsage]
        try:
            one: M | None = await find(session, self.listing(service, args, options), sought)
        except MultipleFoundError:
            if naming.name not in sought or "status" in sought:
                raise
        else:
            return one
        wanted = checked(self.params, sought, f"{service.name}.{self.verb}")
        listing = self.listing(service, args, options | sought | {"status": ne(naming.over)})
        left = [item for item in await _every(session, listing) if matches(item, sought, wanted)]
        current: list[M] = _in(left, naming.among)
        if len(current) > 1:
            states = " or ".join(sorted(naming.among))
            message = f"{listing.verb}(): several with {_said(sought)} are {states}: {_named(current)}"
            raise MultipleFoundError(message, hint="Name one of them by its id")
        if current:
            return current[0]
        newest = self.listing(service, args, options | sought | {"sort": naming.newest})
        page = await fetch(session, newest, NAMED, 0)
        return next((item for item in page.data if matches(item, sought, wanted)), None)


async def _every(session: Any, listing: Listing) -> list[Any]:
    """The objects of a list, each once."""
    walk: Walk[Any] = Walk(session, listing)
    found: dict[str, Any] = {}
    while (page := await walk.next()) is not None:
        found |= {item.id: item for item in page.data}
    return [*found.values()]


def _state(thing: object) -> str:
    return str(getattr(thing, "status", None))


def _in(things: Iterable[M], states: frozenset[str]) -> list[M]:
    return [thing for thing in things if _state(thing) in states]


def _said(sought: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in sought.items())


def _named(things: list[Any]) -> str:
    """Objects by their ids, with their states; of many the first."""
    shown = ", ".join(f"{thing.id} ({_state(thing)})" for thing in things[:NAMED])
    return shown if len(things) <= NAMED else f"{shown} and {len(things) - NAMED} more"


def finds_named(query: Callable[P, Query], model: type[M], naming: Naming) -> Callable[[Stub], FindsNamed[P, M]]:
    """The one object of the list that has the attributes given: of several of one name, the one still of concern."""
    assert isinstance(query, type)
    kind = query
    return lambda stub: FindsNamed(stub, kind, model, naming)


def acts_on_one(
    path: str,
    params: Callable[Q, Options],
    name: Callable[N, Options],
    query: type[Query],
    model: type[M],
    *,
    naming: Naming,
    also: Iterable[str],
    reaches: Iterable[str],
) -> Callable[[Stub], ActsOnOne[Concatenate[Ref, Q], N, M]]:
    """``POST /r/:id/path``, to the object of an id, or to the one that has the attributes of ``name``.

    ``name`` takes what ``params`` takes, too. It may be found in the states of ``naming``, or else in those of ``also``,
    and ``reaches`` is where it is moved to.
    """
    assert isinstance(params, type)
    assert isinstance(name, type)
    assert issubclass(name, params)
    kinds = params, name
    states = frozenset(also), frozenset(reaches)
    return lambda stub: ActsOnOne(stub, path, *kinds, query, model, naming, *states)
