"""A method written once, as ``async def``: awaited on an async client, returned by a blocking one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.session import Session

P = ParamSpec("P")
R = TypeVar("R")


class Speaks(Generic[Mode]):
    """Something that makes calls as its mode has it.

    Args:
        session: What makes them.
    """

    def __init__(self, session: Session[Mode]) -> None:
        self._session = session


class Both(Generic[P, R]):
    """Hands a coroutine to an async caller, and runs it to its end for a blocking one."""

    def __init__(self, function: Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]) -> None:
        self._function = function
        functools.update_wrapper(self, function)  # type: ignore[arg-type]

    @overload
    def __get__(self, owner: None, kind: Any = None) -> Both[P, R]: ...
    @overload
    def __get__(self, owner: Speaks[Async], kind: Any = None) -> Callable[P, Coroutine[Any, Any, R]]: ...
    @overload
    def __get__(self, owner: Speaks[Blocking], kind: Any = None) -> Callable[P, R]: ...
    def __get__(self, owner: Speaks[Any] | None, kind: Any = None) -> Any:
        if owner is None:
            return self
        function, run = self._function, owner._session.mode.run  # pyright: ignore[reportPrivateUsage]

        @functools.wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:
            return run(function(owner, *args, **kwargs))

        return call


def both(function: Callable[Concatenate[Any, P], Coroutine[Any, Any, R]]) -> Both[P, R]:
    """Make a method of an ``async def`` that both modes can call; it may not call another such method."""
    return Both(function)
