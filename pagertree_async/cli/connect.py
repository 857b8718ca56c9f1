"""From the options of a command to a client: which API, where, as whom, and by which transport.

The version of the API is chosen here and nowhere else on the command line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pagertree_async.cli import profiles
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.wires import AsyncTold, Dry, Told

if TYPE_CHECKING:
    from pagertree_async.auth import Auth, Obtaining
    from pagertree_async.endpoints import Service
    from pagertree_async.http import BlockingTransport
    from pagertree_async.sandbox import Sandbox
    from pagertree_async.v3.client import AsyncPagerTree, PagerTree

SANDBOX_URL = "https://sandbox.localhost"
NO_CREDENTIALS = "pagertree-async auth login, or set PAGERTREE_TOKEN; --sandbox needs none"


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What a command was told of the account it is to reach.

    Attributes:
        profile: The profile of the config file.
        base_url: The root of the API.
        token_file: A file with the credentials.
        token_stdin: Whether standard input brings them.
        sandbox: Whether it is an account in this process's memory.
        seed: What the sandbox's data depends on.
        size: About how many objects the sandbox has.
        timeout: Seconds for a call, None for the client's own.
        verbose: How much is told of each attempt.
        dry_run: Whether the request is printed and not sent.
    """

    profile: str | None = None
    base_url: str | None = None
    token_file: Path | None = None
    token_stdin: bool = False
    sandbox: bool = False
    seed: int = 1
    size: int = 1000
    timeout: float | None = None
    verbose: int = 0
    dry_run: bool = False


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Where to and as whom.

    Attributes:
        auth: The credentials.
        base_url: The root of the API.
        source: Where the credentials come from, in words.
    """

    auth: Auth | Obtaining
    base_url: str
    source: str


def services() -> dict[str, type[Service[Any]]]:
    """The services of the API, by name."""
    from pagertree_async.v3.services import SERVICES

    return {service.name: service for service in SERVICES}


def listable() -> list[str]:
    """The names of the services that can list: what an export of everything reads."""
    from pagertree_async.endpoints import operations

    return [name for name, service in services().items() if any(one.verb == "list" for one in operations(service))]


def credentials(values: Mapping[str, str]) -> Auth | Obtaining:
    """Credentials made of their parts, named as in a profile.

    Raises:
        ConfigurationError: Parts are missing or contradict one another.
    """
    from pagertree_async.v3.credentials import from_environment

    return from_environment({f"PAGERTREE_{name.upper()}": value for name, value in values.items()})


def address(given: str | None) -> str:
    """The root of the API: as given, else the environment's, else the vendor's own."""
    from pagertree_async.v3.credentials import address as found

    return found(given)


def parts_of(text: str, where: str) -> dict[str, str]:
    """The credentials in a text: one line is a token, two are an API key and its secret.

    Raises:
        CommandError: It is empty, or has more.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) not in {1, 2}:
        message = f"{where} must hold one line, a token, or two, an API key and its secret; it has {len(lines)}"
        raise CommandError(message, Exit.AUTH)
    return {"token": lines[0]} if len(lines) == 1 else {"api_key": lines[0], "api_secret": lines[1]}


def read_secret(target: Target) -> dict[str, str] | None:
    """The credentials of the file or of standard input that the options name, None when they name neither.

    Raises:
        CommandError: Both are named, or what is named cannot be read or holds something else.
    """
    if target.token_file is not None and target.token_stdin:
        message = "--token-file and --token-stdin contradict each other"
        raise CommandError(message)
    if target.token_stdin:
        return parts_of(sys.stdin.read(), "standard input")
    if target.token_file is None:
        return None
    try:
        return parts_of(target.token_file.read_text("utf-8"), str(target.token_file))
    except (OSError, UnicodeDecodeError) as error:
        message = f"--token-file: {target.token_file} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}"
        raise CommandError(message, Exit.AUTH) from None


def access(target: Target) -> Access:
    """Where to and as whom, from the first that says so: option, environment, keyring, config file.

    A profile that is named goes before the environment. Credentials of the environment do not go to a profile's
    address: that could be another machine than they are meant for.

    Raises:
        CommandError: No credentials are there, or what holds them cannot be used.
        ConfigurationError: They are incomplete or contradict one another.
    """
    given = read_secret(target)
    if given is not None:
        base_url = target.base_url or (_named(target.profile).base_url if target.profile else None)
        return Access(
            auth=credentials(given), base_url=address(base_url), source="file" if target.token_file else "stdin"
        )
    if target.profile is None:
        present = {name: os.environ.get(f"PAGERTREE_{name.upper()}") for name in profiles.CREDENTIALS}
        found = {name: value for name, value in present.items() if value}
        if found:
            return Access(auth=credentials(found), base_url=address(target.base_url), source="the environment")
    return _of_profile(target)


def _named(name: str) -> profiles.Profile:
    path = profiles.config_path()
    kept = profiles.load(path)
    if name not in kept.by_name:
        message = f"there is no profile {name!r} in {path}"
        raise CommandError(message, Exit.AUTH, hint=f"pagertree-async auth login --profile {name}")
    return kept.by_name[name]


def _of_profile(target: Target) -> Access:
    path = profiles.config_path()
    name = target.profile or profiles.load(path).default
    if target.profile is None and name not in profiles.load(path).by_name:
        message = "no credentials"
        raise CommandError(message, Exit.AUTH, hint=NO_CREDENTIALS)
    profile = _named(name)
    values = profiles.revealed(name, profile)
    source = f"profile {name!r} in {'the keyring' if profile.keyring else path}"
    return Access(auth=credentials(values), base_url=address(target.base_url or profile.base_url), source=source)


def checked(target: Target) -> None:
    """Refuse options that contradict each other.

    Raises:
        CommandError: They do.
    """
    elsewhere = [
        option
        for option, given in {
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
def sandboxed(target: Target) -> Generator[Sandbox]:
    """An account in this process's memory, for as long as the block lasts."""
    from pagertree_async.sandbox import Sandbox

    with Sandbox(seed=target.seed, size=target.size) as sandbox:
        yield sandbox


@contextmanager
def client(target: Target) -> Generator[PagerTree]:
    """A blocking client.

    Raises:
        CommandError: There is nothing to connect with.
        ConfigurationError: A setting contradicts another.
    """
    checked(target)
    with _account(target) as (found, app), opened(found, target, app) as client:
        yield client


def opened(found: Access, target: Target, app: Any = None) -> PagerTree:
    """A blocking client for what was found.

    Args:
        found: Where to and as whom.
        target: What else the command was told.
        app: The application that answers, None for the network.
    """
    from pagertree_async.v3.client import PagerTree

    auth = _unsent(found.auth) if target.dry_run else found.auth
    return PagerTree(auth, base_url=found.base_url, transport=_transport(target, app), timeout=target.timeout or 30.0)


def _transport(target: Target, app: Any) -> BlockingTransport:
    if target.dry_run:
        return Dry()
    transport: BlockingTransport
    if app is not None:
        from pagertree_async.transports.asgi import ASGITransport

        transport = ASGITransport(app)
    else:
        from pagertree_async.transports.httpx import HTTPXTransport

        transport = HTTPXTransport()
    return Told(transport, target.verbose) if target.verbose else transport


@asynccontextmanager
async def async_client(target: Target) -> AsyncGenerator[AsyncPagerTree]:
    """An async client.

    Raises:
        CommandError: There is nothing to connect with.
        ConfigurationError: A setting contradicts another.
    """
    from pagertree_async.http import Transport
    from pagertree_async.v3.client import AsyncPagerTree

    checked(target)
    with _account(target) as (found, app):
        transport: Transport
        if app is not None:
            from pagertree_async.transports.asgi import AsyncASGITransport

            transport = AsyncASGITransport(app)
        else:
            from pagertree_async.transports.httpx import AsyncHTTPXTransport

            transport = AsyncHTTPXTransport()
        below = AsyncTold(transport, target.verbose) if target.verbose else transport
        async with AsyncPagerTree(found.auth, base_url=found.base_url, transport=below) as opened:
            yield opened


@contextmanager
def _account(target: Target) -> Generator[tuple[Access, Any]]:
    if not target.sandbox:
        yield access(target), None
        return
    with sandboxed(target) as sandbox:
        auth = credentials({"token": sandbox.token()})
        yield Access(auth=auth, base_url=SANDBOX_URL, source="the sandbox"), sandbox.app


def _unsent(auth: Auth | Obtaining) -> Auth:
    """Credentials for a dry run: what would be obtained by a request of its own is not."""
    from pagertree_async.auth import Obtaining, Token

    return Token("obtained-by-a-login") if isinstance(auth, Obtaining) else auth
