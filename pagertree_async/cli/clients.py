"""From an account to a client that reaches it: by which transport, and what is told on the way."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pagertree_async.cli import fast
from pagertree_async.cli.connect import (
    DUTY,
    ON_CALL,
    SANDBOX_URL,
    Access,
    Target,
    access,
    admitted,
    api_of,
    credentials,
)
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.made_up import sandboxed
from pagertree_async.cli.places import named_config
from pagertree_async.errors import AuthenticationError, PagerTreeError

if TYPE_CHECKING:
    from pagertree_async.auth import Auth, Obtaining
    from pagertree_async.client import AsyncClient
    from pagertree_async.http import BlockingTransport, Transport
    from pagertree_async.telling import Hooks


def checked(target: Target) -> None:
    """Refuse options that contradict each other.

    Raises:
        CommandError: They do, or one has a value that it cannot have.
    """
    fast.checked(target)
    elsewhere = [
        option
        for option, given in {
            "--config": named_config(),
            "--profile": target.profile,
            "--base-url": target.base_url,
            "--token-file": target.token_file,
            "--token-stdin": target.token_stdin,
        }.items()
        if given
    ]
    if target.sandbox and elsewhere:
        message = f"--sandbox and {elsewhere[0]} contradict each other"
        raise CommandError(message)


@contextmanager
def client(target: Target) -> Generator[Any]:
    """A blocking client.

    Raises:
        CommandError: There is nothing to connect with.
        ConfigurationError: A setting contradicts another.
    """
    checked(target)
    with _account(target) as (found, app), refusals(found), opened(found, target, app) as client:
        yield client


@contextmanager
def refusals(found: Access) -> Generator[None]:
    """Have the refusal of credentials say where they came from, and what to do about it.

    Args:
        found: Where to and as whom.
    """
    try:
        yield
    except PagerTreeError as error:
        if found.remedy and any(isinstance(one, AuthenticationError) for one in (error, error.__cause__)):
            check = f"check that they are whole, still valid, and for API {found.api} at {found.base_url}"
            error.advise(f"The credentials from {found.place} were refused: {check}; {found.remedy}")
        raise


def opened(found: Access, target: Target, app: Any = None) -> Any:
    """A blocking client for what was found.

    Args:
        found: Where to and as whom.
        target: What else the command was told.
        app: The application that answers, None for the network.
    """
    kind = import_module(f"pagertree_async.{found.api}.client").PagerTree
    auth = _unsent(found.auth) if target.dry_run else found.auth
    return kind(auth, base_url=found.base_url, **settings(found, target, app))


def settings(found: Access, target: Target, app: Any = None) -> dict[str, Any]:
    """What the blocking clients of all APIs take alike.

    Args:
        found: Where to and as whom.
        target: What else the command was told.
        app: The application that answers, None for the network.
    """
    return {
        "transport": _transport(found, target, app),
        "timeout": 30.0 if target.timeout is None else target.timeout,
        "allow_http": target.allow_http,
        "hooks": _hooks(target),
    }


def _transport(found: Access, target: Target, app: Any) -> BlockingTransport:
    from pagertree_async.cli.wires import Asked, Dry, Leaving
    from pagertree_async.transports import by_name

    if target.dry_run:
        return Dry()
    _say(found, target, many=False)
    transport: BlockingTransport
    if app is not None:
        from pagertree_async.transports.asgi import ASGITransport

        transport = ASGITransport(app)
    else:
        transport = by_name(fast.blocking(target), blocking=True)
    return Leaving(Asked(transport) if target.verbose > 1 else transport)


def _say(found: Access, target: Target, *, many: bool) -> None:
    if target.verbose:
        from pagertree_async.cli.verbose import say

        who = f"{type(found.auth).__name__} from {found.source}, for {found.base_url} ({found.api})"
        say(f"{who}; {fast.told(target, many=many)}")


def _hooks(target: Target) -> Hooks | None:
    from pagertree_async.cli import verbose

    return verbose.hooks(target.verbose)


@asynccontextmanager
async def async_client(target: Target) -> AsyncGenerator[AsyncClient]:
    """An async client, over the fastest transport that is there.

    Raises:
        CommandError: There is nothing to connect with.
        ConfigurationError: A setting contradicts another.
    """
    from pagertree_async.cli.wires import AsyncAsked
    from pagertree_async.transports import by_name

    checked(target)
    with _account(target) as (found, app):
        _say(found, target, many=True)
        transport: Transport
        if app is not None:
            from pagertree_async.transports.asgi import AsyncASGITransport

            transport = AsyncASGITransport(app)
        else:
            transport = by_name(fast.transport(target, many=True), blocking=False)
        below = AsyncAsked(transport) if target.verbose > 1 else transport
        kind = import_module(f"pagertree_async.{found.api}.client").AsyncPagerTree
        more = {"allow_http": target.allow_http, "hooks": _hooks(target)}
        with refusals(found):
            async with kind(found.auth, base_url=found.base_url, transport=below, **more) as opened:
                yield opened


@contextmanager
def _account(target: Target) -> Generator[tuple[Access, Any]]:
    if not target.sandbox:
        yield access(target), None
        return
    api = api_of(target)
    with sandboxed(target) as sandbox:
        yield Access(api, credentials(api, admitted(api, sandbox)), SANDBOX_URL, "the sandbox"), sandbox.app


def _unsent(auth: Auth | Obtaining) -> Auth:
    """Credentials for a dry run: what would be obtained by a request of its own is not."""
    from pagertree_async.auth import Obtaining, Token

    return Token("obtained-by-a-login") if isinstance(auth, Obtaining) else auth


@contextmanager
def provider(target: Target) -> Generator[Any]:
    """A blocking client that can be asked who is on call: of PagerTree or of PagerDuty.

    Raises:
        CommandError: There is nothing to connect with.
        ConfigurationError: A setting contradicts another.
    """
    if api_of(target, ON_CALL) != DUTY:
        with client(target) as opened:
            yield opened
        return
    from pagertree_async.cli.duty import reached

    checked(target)
    with (
        reached(target) as duty,
        refusals(duty.access),
        duty.client(**settings(duty.access, target, duty.app)) as opened,
    ):
        yield opened
