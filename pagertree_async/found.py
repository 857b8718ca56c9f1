"""Act on the one object that answers to a name: what the caller calls it, not what the API does."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Generic, ParamSpec, TypeVar, overload

from pagertree_async.calling import Async, Blocking
from pagertree_async.endpoints import Endpoint, Lists, Operation, Service, Stub
from pagertree_async.errors import MultipleFoundError, NoneFoundError
from pagertree_async.models import M
from pagertree_async.pages import Walk, matches
from pagertree_async.params import OPTION_NAMES, Options, Query, checked
from pagertree_async.query import ne
from pagertree_async.retry import Safety

P = ParamSpec("P")
R = TypeVar("R")


class ActsOnFound(Operation, Generic[P, M]):
    """Finds the one object that has the attributes given and is still of concern, and does something with it.

    Objects whose ``status`` is none of ``among`` are passed over. One that has been brought to one of ``reaches``
    already is returned as it is: doing it again adds nothing.
    """

    derived = True

    def __init__(
        self,
        stub: Stub,
        path: str,
        name: type[Options],
        query: type[Query],
        model: type[M],
        among: frozenset[str],
        reaches: frozenset[str],
        over: str,
    ) -> None:
        super().__init__(stub, "POST", "", name, model, Safety.STATE)
        self._list: Lists[..., M] = Lists(stub, "", query, model)
        self._act: Endpoint[..., M] = Endpoint(
            stub, "POST", f"/{{id}}/{path}", Options, model, Safety.STATE, about_itself=True, reaches=reaches
        )
        self._among = among
        self._reaches = reaches
        self._over = over

    def parts(self) -> Iterable[Operation]:
        """The operation itself, and those that it is made of."""
        return self, self._list, self._act

    @overload
    def __get__(self, service: None, owner: Any = None) -> ActsOnFound[P, M]: ...
    @overload
    def __get__(self, service: Service[Async], owner: Any = None) -> Callable[P, Coroutine[Any, Any, M]]: ...
    @overload
    def __get__(self, service: Service[Blocking], owner: Any = None) -> Callable[P, M]: ...
    def __get__(self, service: Service[Any] | None, owner: Any = None) -> Any:
        return self if service is None else self.bound(service)

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then look for the object and act on it as the service's mode has it."""
        verb = f"{service.name}.{self.verb}"
        self.target(service, args)
        options = {name: kwargs[name] for name in OPTION_NAMES & kwargs.keys()}
        sought = {name: value for name, value in kwargs.items() if name not in options}
        wanted = checked(self.params, kwargs, verb)
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
            thing = await self._act.begun(service, (thing,), options)
        return thing


def acts_on_found(
    path: str,
    name: Callable[P, Options],
    query: type[Query],
    model: type[M],
    *,
    among: Iterable[str],
    reaches: Iterable[str],
    over: str,
) -> Callable[[Stub], ActsOnFound[P, M]]:
    """Find one object by the attributes of ``name`` among those in a state of ``among``, then ``POST /r/:id/path``.

    ``over`` is the state of most objects, which the server is asked to leave out.
    """
    assert isinstance(name, type)
    kind = name
    states = frozenset(among), frozenset(reaches)
    return lambda stub: ActsOnFound(stub, path, kind, query, model, *states, over)
