"""Act on one object: the one whose id is given, or the one that answers to what the caller calls it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from pagertree_async.calling import Async, Blocking
from pagertree_async.endpoints import Endpoint, Lists, Operation, Service, Stub
from pagertree_async.errors import InvalidArgumentError, MultipleFoundError, NoneFoundError
from pagertree_async.models import M
from pagertree_async.pages import Walk, matches
from pagertree_async.params import OPTION_NAMES, Options, Query, Ref, checked
from pagertree_async.query import ne
from pagertree_async.retry import Safety

P = ParamSpec("P")
N = ParamSpec("N")
Q = ParamSpec("Q")
R_co = TypeVar("R_co", covariant=True)


class ByIdOrName(Protocol[P, N, R_co]):
    """Is called with an object or its id, or else with what the caller calls it."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
    @overload
    def __call__(self, *args: N.args, **kwargs: N.kwargs) -> R_co: ...


class ActsOnOne(Endpoint[P, M], Generic[P, N, M]):
    """Moves an object to a state: that of an id, or the one that has the attributes given and is still of concern.

    Of those that have the attributes, the ones whose ``status`` is none of ``among`` are passed over. One that has been
    brought to one of ``reaches`` already is returned as it is: doing it again adds nothing.
    """

    def __init__(
        self,
        stub: Stub,
        path: str,
        params: type[Options],
        name: type[Options],
        query: type[Query],
        model: type[M],
        among: frozenset[str],
        reaches: frozenset[str],
        over: str,
    ) -> None:
        super().__init__(
            stub, "POST", f"/{{id}}/{path}", params, model, Safety.STATE, about_itself=True, reaches=reaches
        )
        self.takes = name
        self.instead: tuple[str, ...] = tuple(
            field for field in name.__struct_fields__ if field not in params.__struct_fields__
        )
        self._list: Lists[..., M] = Lists(stub, "", query, model)
        self._among = among
        self._over = over

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
        listing = self._list.listing(service, (), sought | reading | {"status": ne(self._over)})
        walk: Walk[M] = Walk(session, listing)
        found: dict[str, M] = {}
        while (page := await walk.next()) is not None:
            found |= {
                item.id: item
                for item in page.data
                if matches(item, sought, wanted) and str(getattr(item, "status", None)) in self._among
            }
        which = ", ".join(f"{name}={value!r}" for name, value in sought.items())
        if not found:
            message = f"{verb}(): none with {which} is {' or '.join(sorted(self._among))}"
            raise NoneFoundError(message)
        if len(found) > 1:
            message = (
                f"{verb}(): several with {which} are {' or '.join(sorted(self._among))}: {', '.join([*found][:5])}"
            )
            raise MultipleFoundError(message, hint="Nothing was done; act on one of them by its id")
        (thing,) = found.values()
        if str(getattr(thing, "status", None)) not in self._reaches:
            thing = await self.begun(service, (thing,), options)
        return thing


def acts_on_one(
    path: str,
    params: Callable[Q, Options],
    name: Callable[N, Options],
    query: type[Query],
    model: type[M],
    *,
    among: Iterable[str],
    reaches: Iterable[str],
    over: str,
) -> Callable[[Stub], ActsOnOne[Concatenate[Ref, Q], N, M]]:
    """``POST /r/:id/path``, to the object of an id, or to the one that has the attributes of ``name``.

    ``name`` takes what ``params`` takes, too. ``among`` are the states that it may be found in, ``over`` is the state of most objects, which the server is asked to
    leave out, and ``reaches`` is where it is moved to.
    """
    assert isinstance(params, type)
    assert isinstance(name, type)
    assert issubclass(name, params)
    kinds = params, name
    states = frozenset(among), frozenset(reaches)
    return lambda stub: ActsOnOne(stub, path, *kinds, query, model, *states, over)
