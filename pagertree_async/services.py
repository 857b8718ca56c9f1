"""The words that a service is declared with: each stands over an empty method, whose docstring is the documentation.

::

    class Teams(Service[Mode], name="teams", path="/team"):
        @creates(TeamCreate, Team)
        def create(self) -> None:
            '''Create a team: ``POST /team``.'''

Where a sentence is documentation enough, it may stand in the place of the method::

        create = creates(TeamCreate, Team)("Create a team.")

Every word takes the parameters first: their constructor is the signature, so the type checker, the editor and
``help()`` know the arguments. What has none of its own takes ``Options``. A verb that the API lacks does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar, get_origin, get_type_hints

from pagertree_async.calling import Mode
from pagertree_async.endpoints import Endpoint, Finds, Lists, SafetyOf, Service, Stub
from pagertree_async.models import M
from pagertree_async.params import Options, Query, Ref
from pagertree_async.retry import Safety
from pagertree_async.session import Session

__all__ = [
    "Mode",
    "Service",
    "acts",
    "clears",
    "creates",
    "deletes",
    "does",
    "does_with",
    "fetches",
    "fetches_under",
    "finds",
    "lists",
    "lists_under",
    "picks",
    "retrieves",
    "serve",
    "served",
    "tells",
    "updates",
]

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=str)


@cache
def served(account: type[Any]) -> tuple[type[Service[Any]], ...]:
    """The services that an account declares: ``alerts: Alerts[Mode]`` is all that puts one there.

    Args:
        account: The class, whose attributes are services.
    """
    kinds: list[Any] = [get_origin(hint) for hint in get_type_hints(account).values()]
    found: list[Any] = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Service)]
    return tuple(found)


def serve(client: object, account: type[Any], session: Session[Any]) -> None:
    """Give a client the services that an account declares, each by its name.

    Args:
        client: The client.
        account: The class, whose attributes are services.
        session: What makes their calls.
    """
    for kind in served(account):
        setattr(client, kind.name, kind(session))


def _kind(params: Callable[P, Options]) -> type[Options]:
    assert isinstance(params, type)
    return params


def _query(params: Callable[P, Query]) -> type[Query]:
    assert isinstance(params, type)
    return params


def lists(params: Callable[P, Query], model: type[M]) -> Callable[[Stub], Lists[P, M]]:
    """``GET /r``: every object of the resource, page by page."""
    return lambda stub: Lists(stub, "", _query(params), model)


def lists_under(
    path: str, params: Callable[P, Query], model: type[M]
) -> Callable[[Stub], Lists[Concatenate[Ref, P], M]]:
    """``GET /r/:id/path``: what belongs to one object, page by page."""
    return lambda stub: Lists(stub, f"/{{of}}/{path}", _query(params), model)


def finds(params: Callable[P, Query], model: type[M]) -> Callable[[Stub], Finds[P, M]]:
    """The one object of the list that has the attributes given."""
    return lambda stub: Finds(stub, "", _query(params), model)


def creates(params: Callable[P, Options], model: type[R]) -> Callable[[Stub], Endpoint[P, R]]:
    """``POST /r``: make an object."""
    return lambda stub: Endpoint(stub, "POST", "", _kind(params), model, Safety.CREATE)


def retrieves(params: Callable[P, Options], model: type[R]) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], R]]:
    """``GET /r/:id``: one object."""
    return lambda stub: Endpoint(stub, "GET", "/{id}", _kind(params), model, Safety.READ, about_itself=True)


def updates(params: Callable[P, Options], model: type[R]) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], R]]:
    """``PUT /r/:id``: change some attributes of an object."""
    return lambda stub: Endpoint(stub, "PUT", "/{id}", _kind(params), model, Safety.IDEMPOTENT, about_itself=True)


def deletes(params: Callable[P, Options]) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], None]]:
    """``DELETE /r/:id``: remove an object."""
    return lambda stub: Endpoint(stub, "DELETE", "/{id}", _kind(params), None, Safety.IDEMPOTENT)


def clears(path: str, params: Callable[P, Options]) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], None]]:
    """``DELETE /r/:id/path``: remove all that belongs to an object."""
    return lambda stub: Endpoint(stub, "DELETE", f"/{{id}}/{path}", _kind(params), None, Safety.IDEMPOTENT)


def acts(
    path: str,
    params: Callable[P, Options],
    model: type[R],
    *,
    safety: Safety = Safety.STATE,
    reaches: tuple[str, ...] = (),
) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], R]]:
    """``POST /r/:id/path``: do something with an object, which is the answer.

    ``reaches`` names the state it moves to, and those beyond it: by them it can be told, after an attempt without an
    answer, that nothing is left to be done.
    """
    return lambda stub: Endpoint(
        stub, "POST", f"/{{id}}/{path}", _kind(params), model, safety, about_itself=True, reaches=frozenset(reaches)
    )


def does_with(
    path: str, params: Callable[P, Options], result: type[R], *, safety: Safety = Safety.CREATE
) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], R]]:
    """``POST /r/:id/path``: do something with an object; the answer is something else."""
    return lambda stub: Endpoint(stub, "POST", f"/{{id}}/{path}", _kind(params), result, safety)


def does(
    path: str, params: Callable[P, Options], result: type[R], *, safety: SafetyOf = Safety.CREATE
) -> Callable[[Stub], Endpoint[P, R]]:
    """``POST /r/path``: do something with the resource."""
    return lambda stub: Endpoint(stub, "POST", f"/{path}", _kind(params), result, safety)


def tells(params: Callable[P, Options], *, safety: Safety = Safety.CREATE) -> Callable[[Stub], Endpoint[P, None]]:
    """``POST /r``: say something; the answer has nothing to say."""
    return lambda stub: Endpoint(stub, "POST", "", _kind(params), None, safety)


def fetches(path: str, params: Callable[P, Options], result: type[R]) -> Callable[[Stub], Endpoint[P, R]]:
    """``GET /r/path``: something about the resource, without pages."""
    return lambda stub: Endpoint(stub, "GET", f"/{path}", _kind(params), result, Safety.READ)


def fetches_under(
    path: str, params: Callable[P, Options], result: type[R]
) -> Callable[[Stub], Endpoint[Concatenate[Ref, P], R]]:
    """``GET /r/:id/path``: something about one object, without pages."""
    return lambda stub: Endpoint(stub, "GET", f"/{{id}}/{path}", _kind(params), result, Safety.READ)


def picks(
    path: str, choices: tuple[C, ...], params: Callable[P, Options], result: type[R]
) -> Callable[[Stub], Endpoint[Concatenate[C, P], R]]:
    """``GET /r/path/:choice``: one of a few things that the API names."""
    return lambda stub: Endpoint(stub, "GET", f"/{path}/{{type}}", _kind(params), result, Safety.READ, choices=choices)
