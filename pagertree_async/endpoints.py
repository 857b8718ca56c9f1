"""An endpoint as data, and as something to call: awaited on an async service, returned by a blocking one."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from types import MethodType
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, cast, get_args, overload

import msgspec

from pagertree_async.addresses import encoded_query
from pagertree_async.calling import Async, Blocking, Mode
from pagertree_async.errors import APIError, InvalidArgumentError, PagerTreeError, ResponseMismatchError
from pagertree_async.http import Response
from pagertree_async.many import Outcome, each_of
from pagertree_async.models import M, Model, decoded, reader
from pagertree_async.pages import Listing, Pages, find
from pagertree_async.params import OPTION_NAMES, Options, Query, Ref, checked, checked_id
from pagertree_async.retry import Safety
from pagertree_async.session import Call, Session, timeout_of

P = ParamSpec("P")
R = TypeVar("R")
Stub: TypeAlias = Callable[..., object] | str
"""What an operation takes the place of: an empty method with its documentation, or the documentation alone."""
SafetyOf: TypeAlias = Safety | Callable[[Any], Safety]
"""What repeating an operation can do; or a function that tells it from the parameters of a call."""


class Service(Generic[Mode]):
    """What can be done with one resource, whose name and path stand beside its base: ``name="teams", path="/teams"``.

    Args:
        session: What makes the calls.
    """

    name: str
    """The service's name on the client, in plural."""
    path: str
    """The resource's path below the base URL."""

    def __init_subclass__(cls, *, name: str | None = None, path: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if name is not None and path is not None:
            cls.name, cls.path = name, path

    def __init__(self, session: Session[Mode]) -> None:
        self._session = session

    def __repr__(self) -> str:
        return f"<{self.name}: {', '.join(operation.verb for operation in operations(type(self)))}>"

    @overload
    def for_each(
        self: Service[Async], objects: Iterable[Ref], do: Endpoint[..., R], *, concurrency: int = 8, **arguments: Any
    ) -> Coroutine[Any, Any, list[Outcome[R]]]: ...
    @overload
    def for_each(
        self: Service[Async], objects: Iterable[Ref], do: str, *, concurrency: int = 8, **arguments: Any
    ) -> Coroutine[Any, Any, list[Outcome[Any]]]: ...
    @overload
    def for_each(
        self: Service[Blocking], objects: Iterable[Ref], do: Endpoint[..., R], *, concurrency: int = 8, **arguments: Any
    ) -> list[Outcome[R]]: ...
    @overload
    def for_each(
        self: Service[Blocking], objects: Iterable[Ref], do: str, *, concurrency: int = 8, **arguments: Any
    ) -> list[Outcome[Any]]: ...
    def for_each(
        self, objects: Iterable[Ref], do: Endpoint[..., Any] | str, *, concurrency: int = 8, **arguments: Any
    ) -> Any:
        """Do the same with each of many objects, several at a time, each call paced and tried again like any other.

        What fails does not hold up the rest. Cancelled, or interrupted with Ctrl-C, it begins no further call, ends those
        that are under way, and leaves none behind.

        Args:
            objects: The objects, or their ids.
            do: What to do with each: the name of the operation, as in ``"resolve"``; or, for the type checker to know
                the results, the operation itself, as in ``Alerts.resolve``.
            concurrency: How many calls may be under way at a time.
            arguments: The operation's own arguments, the same for every object.

        Returns:
            What became of each object, in the order they were given.

        Raises:
            InvalidArgumentError: There is no such operation on one object, or an argument is wrong; nothing was sent.
        """
        verb = f"{self.name}.for_each"
        operation = _of_one_object(type(self), do, verb)
        checked(operation.params, arguments, f"{self.name}.{operation.verb}")
        if isinstance(objects, str | Model):
            message = f"{verb}() takes several objects, not one"
            raise InvalidArgumentError(message)

        async def work(thing: Ref) -> Any:
            return await operation.begun(self, (thing,), arguments)

        session = self._session
        return session.mode.run(each_of(session.mode, list(objects), work, concurrency, verb, session.cut))


class Operation:
    """One thing that a resource can do, as data.

    Attributes:
        verb: Its name on the service.
        method: The HTTP method.
        path: The path behind the resource's own, its arguments in braces.
        params: The Struct that its keyword arguments are the constructor of.
        result: What the answer, or a row of it, becomes; None for nothing.
        safety: What repeating it can do, or a function that tells it from the parameters of a call.
        arguments: The names of the arguments in its path.
        choices: The values that its argument may have, empty when it is an id.
        paged: Whether it is a list.
        derived: Whether it is made of another endpoint, not one of the vendor's own.
        takes: The Struct that its signature shows: ``params``, and with it what may stand in the place of an id.
        instead: The names of those.
    """

    paged = False
    derived = False
    instead: tuple[str, ...] = ()

    def __init__(
        self,
        stub: Stub,
        method: str,
        path: str,
        params: type[Options],
        result: Any,
        safety: SafetyOf,
        choices: tuple[str, ...] = (),
    ) -> None:
        self.verb: str = "" if isinstance(stub, str) else stub.__name__
        self.__doc__ = stub if isinstance(stub, str) else stub.__doc__
        self.method = method
        self.path = path
        self.params: type[Any] = params
        self.takes: type[Any] = params
        self.result = result
        self.safety = safety
        self.arguments: tuple[str, ...] = tuple(re.findall(r"\{(\w+)\}", path))
        self.choices = choices
        self._function: Callable[..., Any] | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        for part in self.parts():
            part.verb = name

    def parts(self) -> Iterable[Operation]:
        """The operation itself, and those that it is made of."""
        return (self,)

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then do it as the service's mode has it."""
        raise NotImplementedError

    def bound(self, service: Service[Any]) -> Any:
        """The operation as a method of ``service``, with its signature and documentation."""
        return MethodType(self._function or self._make(type(service)), service)

    def _make(self, owner: type) -> Callable[..., Any]:
        def call(service: Service[Any], /, *args: Any, **kwargs: Any) -> Any:
            return self.run(service, args, kwargs)

        call.__name__ = self.verb
        call.__qualname__ = f"{owner.__name__}.{self.verb}"
        call.__module__ = owner.__module__
        call.__doc__ = self.documentation()
        call.__signature__ = self.signature()  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
        self._function = call
        return call

    def documentation(self) -> str:
        """Its docstring, with what the parameters say of each argument."""
        sections = [
            inspect.cleandoc(owner.__doc__ or "").partition("Args:\n")[2].partition("\n\n")[0]
            for owner in self.takes.__mro__
            if "__doc__" in vars(owner) and issubclass(owner, Options)
        ]
        told = "\n".join(section for section in sections if section)
        return f"{inspect.cleandoc(self.__doc__ or '')}\n\nArgs:\n{told}"

    def signature(self) -> inspect.Signature:
        """Its signature: the arguments of the path, then those of its parameters, by keyword."""
        id_ = _Omitted() if self.instead else inspect.Parameter.empty
        positional = [
            inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY),
            *(inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY, default=id_) for name in self._positional()),
        ]
        named = [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=inspect.Parameter.empty if field.required and not self.instead else _Omitted(),
                annotation=_Plain(_annotation(self.takes, field.name)),
            )
            for field in msgspec.structs.fields(self.takes)
        ]
        named.sort(key=lambda parameter: (parameter.name in OPTION_NAMES, isinstance(parameter.default, _Omitted)))
        return inspect.Signature([*positional, *named], return_annotation=_Plain(self._returns()))

    def _positional(self) -> tuple[str, ...]:
        return self.arguments

    def _returns(self) -> str:
        within = get_args(self.result)
        return f"{self.result.__name__}[{within[0].__name__}]" if within else getattr(self.result, "__name__", "None")

    def target(self, service: Service[Any], args: tuple[Any, ...]) -> str:
        """The path of a call, its arguments held to what an id may be."""
        if len(args) != len(self.arguments):
            takes = ", ".join(self.arguments) or "keyword arguments only"
            message = f"{service.name}.{self.verb}() takes {takes}; {len(args)} positional arguments were given"
            raise InvalidArgumentError(message)
        if self.choices and args[0] not in self.choices:
            message = f"{service.name}.{self.verb}(): {self.arguments[0]} must be one of {', '.join(self.choices)}"
            raise InvalidArgumentError(message)
        path = service.path + self.path
        for name, value in zip(self.arguments, args, strict=True):
            path = path.replace(f"{{{name}}}", checked_id(value))
        return path


class _Omitted:
    def __repr__(self) -> str:
        return "..."


class _Plain(str):
    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _annotation(kind: type, name: str) -> str:
    owner = next(owner for owner in kind.__mro__ if name in inspect.get_annotations(owner))
    annotation = str(inspect.get_annotations(owner)[name]).removesuffix(" | UnsetType")
    return re.sub(r"Annotated\[([\w.]+), .*\]", r"\1", annotation)


class Endpoint(Operation, Generic[P, R]):
    """An endpoint that answers at once, with an object, several, or nothing.

    Args:
        stub: The empty method that it takes the place of, or its documentation alone.
        about_itself: The answer is the object whose id was given; another one's is refused.
        reaches: The states that it moves an object to: when an attempt got no answer and the next one is refused, one
            look at the object tells whether the first arrived.
    """

    def __init__(
        self,
        stub: Stub,
        method: str,
        path: str,
        params: type[Options],
        result: Any,
        safety: SafetyOf,
        *,
        about_itself: bool = False,
        reaches: frozenset[str] = frozenset(),
        choices: tuple[str, ...] = (),
    ) -> None:
        super().__init__(stub, method, path, params, result, safety, choices)
        self._about_itself = about_itself
        self._reaches = reaches

    @overload
    def __get__(self, service: None, owner: Any = None) -> Endpoint[P, R]: ...
    @overload
    def __get__(self, service: Service[Async], owner: Any = None) -> Callable[P, Coroutine[Any, Any, R]]: ...
    @overload
    def __get__(self, service: Service[Blocking], owner: Any = None) -> Callable[P, R]: ...
    def __get__(self, service: Service[Any] | None, owner: Any = None) -> Any:
        return self if service is None else self.bound(service)

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then make the call as the service's mode has it."""
        return service._session.mode.run(self.begun(service, args, kwargs))  # pyright: ignore[reportPrivateUsage]

    def begun(
        self, service: Service[Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Coroutine[Any, Any, Any]:
        """The call, its arguments checked, yet to be run."""
        session = service._session  # pyright: ignore[reportPrivateUsage]
        call, decode = self.prepared(service, args, kwargs)
        return self._settled(session, call, decode) if self._reaches else session.call(call, decode)

    def prepared(
        self, service: Service[Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> tuple[Call, Callable[[Response], Any]]:
        """The call, its arguments checked, and what turns its answer into the result."""
        path = self.target(service, args)
        given = checked(self.params, kwargs, f"{service.name}.{self.verb}")
        written = self.method in {"POST", "PUT"}
        call = Call(
            method=self.method,
            path=path,
            query=encoded_query((given.extra_query or {}) if written else given.query()),
            body=given.encoded() if (written and self.params is not Options) or given.extra_body else b"",
            safety=self.safety if isinstance(self.safety, Safety) else self.safety(given),
            timeout=given.timeout,
            retry=given.retry,
        )
        return call, self._decoder(args)

    def _decoder(self, args: tuple[Any, ...]) -> Callable[[Response], Any]:
        if self.result is None:
            return _nothing
        read: Callable[[bytes], Any] = reader(self.result)
        wanted = checked_id(args[0]) if self._about_itself else None

        def decode(response: Response) -> Any:
            thing = decoded(response.body, read, response.status)
            if wanted is not None and wanted not in thing.ids:
                message = f"{response.status}, but the answer is about {thing.id!r} and not about {wanted!r}"
                raise ResponseMismatchError(message, status=response.status, body=response.body)
            return thing

        return decode

    async def _settled(self, session: Session[Any], call: Call, decode: Callable[[Response], Any]) -> Any:
        try:
            return await session.call(call, decode)
        except APIError as error:
            if not error.maybe_applied or error.status not in {400, 409, 422}:
                raise
            patience = timeout_of(call, session.settings)
            left = max(0.001, patience.total - (error.elapsed or 0.0))
            timeout = msgspec.structs.replace(patience, total=left)
            look = Call(method="GET", path=call.path.rpartition("/")[0], timeout=timeout, retry=call.retry)
            try:
                thing = await session.call(look, decode)
            except PagerTreeError as failure:
                raise error from failure
            if str(thing.status) in self._reaches:
                return thing
            raise


def _of_one_object(service: type[Service[Any]], do: object, verb: str) -> Endpoint[..., Any]:
    fitting: dict[str, Endpoint[..., Any]] = {
        operation.verb: cast("Endpoint[..., Any]", operation)
        for operation in operations(service)
        if isinstance(operation, Endpoint) and len(operation.arguments) == 1 and not operation.choices
    }
    name = do.verb if isinstance(do, Operation) else do
    found = fitting.get(name) if isinstance(name, str) else None
    if found is None or (isinstance(do, Operation) and do is not found):
        near = difflib.get_close_matches(str(name), fitting, n=1)
        known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(fitting)}"
        message = f"{verb}(): {name!r} is nothing that can be done with one of them; {known}"
        raise InvalidArgumentError(message)
    return found


def _nothing(response: Response) -> None:
    """What an answer becomes that has nothing to say; a page of somebody else's with 200 is no such answer."""
    if response.body.lstrip()[:1] == b"<":
        decoded(response.body, msgspec.json.decode, response.status)


class Asks(Operation, Generic[P, M]):
    """What asks for a list, whatever becomes of its rows."""

    def __init__(self, stub: Stub, path: str, params: type[Query], model: type[M]) -> None:
        super().__init__(stub, "GET", path, params, model, Safety.READ)

    def listing(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Listing:
        """What is asked of the list, its arguments checked."""
        verb = f"{service.name}.{self.verb}"
        return Listing(verb, self.target(service, args), checked(self.params, kwargs, verb), self.result)


class Lists(Asks[P, M]):
    """A list: awaited for a page, iterated for every object; see :class:`~pagertree_async.pages.Pages`."""

    paged = True

    @overload
    def __get__(self, service: None, owner: Any = None) -> Lists[P, M]: ...
    @overload
    def __get__(self, service: Service[Mode], owner: Any = None) -> Callable[P, Pages[Mode, M]]: ...
    def __get__(self, service: Service[Any] | None, owner: Any = None) -> Any:
        return self if service is None else self.bound(service)

    def _returns(self) -> str:
        return f"Pages[{self.result.__name__}]"

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments; nothing is sent before the list is awaited or iterated."""
        pages: Pages[Any, M] = Pages(service._session, self.listing(service, args, kwargs))  # pyright: ignore[reportPrivateUsage]
        return pages


class Finds(Asks[P, M]):
    """The one object of a list that has the attributes given, or None."""

    derived = True

    @overload
    def __get__(self, service: None, owner: Any = None) -> Finds[P, M]: ...
    @overload
    def __get__(self, service: Service[Async], owner: Any = None) -> Callable[P, Coroutine[Any, Any, M | None]]: ...
    @overload
    def __get__(self, service: Service[Blocking], owner: Any = None) -> Callable[P, M | None]: ...
    def __get__(self, service: Service[Any] | None, owner: Any = None) -> Any:
        return self if service is None else self.bound(service)

    def _returns(self) -> str:
        return f"{self.result.__name__} | None"

    def run(self, service: Service[Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Check the arguments, then look for the object as the service's mode has it."""
        session = service._session  # pyright: ignore[reportPrivateUsage]
        options = {name: kwargs.pop(name) for name in OPTION_NAMES & kwargs.keys()}
        return session.mode.run(find(session, self.listing(service, args, options), kwargs))


def operations(service: type[Service[Any]]) -> list[Operation]:
    """What a service can do, in the order it is declared."""
    return [value for value in vars(service).values() if isinstance(value, Operation)]
