"""From the options of a command to an account: which API, where, and as whom.

The version of the API is chosen here and nowhere else on the command line.
"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.nearest import asked
from pagertree_async.cli.places import config_path, named_config

if TYPE_CHECKING:
    from pagertree_async.auth import Auth, Obtaining
    from pagertree_async.cli.profiles import Profile
    from pagertree_async.endpoints import Service
    from pagertree_async.sandbox import Sandbox

APIS = ("v3", "v4")
"""The versions of PagerTree's API; each is a package with a client, credentials and services."""
USUAL = "v3"
"""The one that is meant where nothing tells."""
DUTY = "pagerduty"
ON_CALL = (*APIS, DUTY)
"""The APIs that can be asked who is on call."""
CREDENTIALS = ("token", "api_key", "api_secret", "username", "password")
"""What credentials consist of; each is also the end of an environment variable: ``PAGERTREE_TOKEN``."""
KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "v3": {"token": ("token",), "key": ("api_key", "api_secret"), "login": ("username", "password")},
    "v4": {"key": ("api_key",)},
}
"""The ways to authenticate, and what each consists of, by API."""
DUTY_WAYS = (("PAGERDUTY_API_KEY",), ("PAGERDUTY_OAUTH_TOKEN",), ("PAGERDUTY_USERNAME", "PAGERDUTY_PASSWORD"))
"""The ways to authenticate with PagerDuty, each with its environment variables."""
SANDBOX_URL = "https://sandbox.localhost"
NO_CREDENTIALS = (
    "pagertree-async auth login, or set PAGERTREE_API_KEY (API v4) or PAGERTREE_TOKEN (API v3); --sandbox needs none"
)


SECRETLY = "Set PAGERTREE_API_KEY (API v4) or PAGERTREE_TOKEN (API v3), or give --token-file FILE or --token-stdin"
"""How a secret is given that is not to stand among the words of a command."""


IMPORTS = {
    "from pagertree_async.v4 import AsyncPagerTree, PagerTree": "--api v4",
    "from pagertree_async import AsyncPagerTree, PagerTree": "--api v3",
}
"""What chooses an API in Python, and what chooses it here."""
PATH = "The path below the base URL, such as /alert of API v3 or /alerts of v4."


class Target(NamedTuple):
    """What a command was told of the account it is to reach.

    Attributes:
        api: Which API it speaks, None to tell by the credentials.
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
        allow_http: Whether credentials may travel unencrypted.
        transport: The name of what sends the requests, None for the usual one.
        loop: The name of the event loop that async commands run on, None for the usual one.
    """

    api: str | None = None
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
    allow_http: bool = False
    transport: str | None = None
    loop: str | None = None


class Access(NamedTuple):
    """Where to and as whom.

    Attributes:
        api: Which API.
        auth: The credentials.
        base_url: The root of the API.
        source: Where the credentials come from, in words.
        place: The same for somebody who is to put others there: the variables, the file.
        remedy: How others are put there, in words; empty where nobody can.
    """

    api: str
    auth: Auth | Obtaining
    base_url: str
    source: str
    place: str = ""
    remedy: str = ""


def api_for(names: Collection[str]) -> str:
    """The API that takes credentials of these parts: an API key alone is of the newer one.

    >>> api_for(["api_key"]), api_for(["api_key", "api_secret"])
    ('v4', 'v3')
    """
    return "v4" if set(names) == {"api_key"} else "v3"


def admitted(api: str, sandbox: Sandbox) -> dict[str, str]:
    """The parts of credentials with which a sandbox lets its administrator in, by an API."""
    return {"api_key": sandbox.v4_api_key} if api == "v4" else {"token": sandbox.token()}


def has_ranges(api: str) -> bool:
    """Whether an API compares an attribute of its lists with both ends of a range at once."""
    return api == "v4"


def api_of(target: Target, answering: Sequence[str] = APIS) -> str:
    """Which API is meant: the one that is named, else the one that the credentials are for.

    Args:
        target: What the command was told.
        answering: The APIs that can do what is wanted.

    Raises:
        CommandError: There is none of the name, or the config file cannot be used.
    """
    if target.api is not None:
        return one_of(target.api, answering)
    if target.profile is None and (target.token_file is not None or target.token_stdin):
        return USUAL
    if found := _present(target):
        return api_for(found)
    kept = _kept(target.profile)
    if kept is not None:
        return kept.api
    return DUTY if duty_present() and DUTY in answering else USUAL


def duty_present() -> bool:
    """Whether the environment has credentials of PagerDuty's."""
    return any(all(os.environ.get(name) for name in way) for way in DUTY_WAYS)


def one_of(api: str, known: Sequence[str]) -> str:
    """``api``, which is one of some.

    Raises:
        CommandError: It is not.
    """
    if api not in known:
        message = f"--api: {api!r} is none of {', '.join(known)}{asked(api, known)}"
        raise CommandError(
            message, hint="For PagerDuty there are pagertree-async pagerduty and oncall" if api == DUTY else ""
        )
    return api


def _present(target: Target) -> dict[str, str]:
    """The credentials of the environment, none where a profile or a config file is named instead."""
    if target.profile is not None or named_config() is not None:
        return {}
    present = {name: os.environ.get(_variable(name), "").strip() for name in CREDENTIALS}
    return {name: value for name, value in present.items() if value}


def _empty() -> list[str]:
    """The parts of credentials whose variables are there and empty."""
    return [name for name in CREDENTIALS if not os.environ.get(_variable(name), "-").strip()]


def _variable(name: str) -> str:
    return f"PAGERTREE_{name.upper()}"


def _kept(name: str | None) -> Profile | None:
    """The profile of a name, or the default one; None when there is none."""
    path = config_path()
    if not os.path.exists(path):  # noqa: PTH110 - a folder that cannot be entered has no file for us
        return None
    from pagertree_async.cli import profiles

    kept = profiles.load(path)
    return kept.by_name.get(name or kept.default)


def services(api: str = USUAL) -> dict[str, type[Service[Any]]]:
    """The services of an API, by name."""
    found: Sequence[type[Service[Any]]] = import_module(f"pagertree_async.{api}.services").SERVICES
    return {service.name: service for service in found}


def listable(api: str) -> list[str]:
    """The names of the services that can list: what an export of everything reads."""
    from pagertree_async.endpoints import operations

    return [name for name, service in services(api).items() if any(one.verb == "list" for one in operations(service))]


def credentials(api: str, values: Mapping[str, str]) -> Auth | Obtaining:
    """Credentials made of their parts, named as in a profile.

    Raises:
        ConfigurationError: Parts are missing, contradict one another, or are for another API.
    """
    found: Auth | Obtaining = import_module(f"pagertree_async.{api}.credentials").from_environment(
        {_variable(name): value for name, value in values.items()}
    )
    return found


def address(api: str, given: str | None) -> str:
    """The root of the API: as given, else the environment's, else the vendor's own.

    Some people's root has the version's own path behind it already, which clients add by themselves.
    """
    found: str = import_module(f"pagertree_async.{api}.credentials").address(given)
    return found.rstrip("/").removesuffix(f"/api/{api}") or found


def own_address(profile: Profile) -> str:
    """The address that a profile's credentials are for: its own, or, where it names none, the vendor's."""
    usual: str = import_module(f"pagertree_async.{profile.api}.credentials").BASE_URL
    return address(profile.api, profile.base_url or usual)


def _meant(name: str, profile: Profile, target: Target) -> str:
    own = own_address(profile)
    for said, given in (("--base-url", target.base_url), ("PAGERTREE_BASE_URL", os.environ.get("PAGERTREE_BASE_URL"))):
        if given and address(profile.api, given) != own:
            from pagertree_async.errors import ConfigurationError

            message = f"the profile {name!r} is for {own}, and {said} is another address: nothing was sent"
            unset = f"Leave {said} out" if said.startswith("--") else f"Unset {said}"
            hint = f"{unset}, or log in there: pagertree-async auth login --profile NAME --base-url URL"
            raise ConfigurationError(message, hint=hint)
        if given:
            break
    return own


def parts_of(text: str, where: str, api: str | None) -> dict[str, str]:
    """The credentials in a text: one line is a token or, of the newer API, its key; two are a key and its secret.

    Raises:
        CommandError: It is empty, or has more.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) not in {1, 2}:
        message = f"{where} must hold one line, a token, or two, an API key and its secret; it has {len(lines)}"
        raise CommandError(message, Exit.AUTH)
    if len(lines) == 2:
        return {"api_key": lines[0], "api_secret": lines[1]}
    return {"api_key" if api == "v4" else "token": lines[0]}


def read_secret(target: Target) -> dict[str, str] | None:
    """The credentials of the file or of standard input that the options name, None when they name neither.

    Raises:
        CommandError: Both are named, or what is named cannot be read or holds something else.
    """
    if target.token_file is not None and target.token_stdin:
        message = "--token-file and --token-stdin contradict each other"
        raise CommandError(message)
    if target.token_stdin:
        try:
            return parts_of(sys.stdin.read(), "standard input", target.api)
        except UnicodeDecodeError:
            message = "--token-stdin: standard input is not UTF-8"
            raise CommandError(message, Exit.AUTH) from None
    if target.token_file is None:
        return None
    try:
        return parts_of(target.token_file.read_text("utf-8"), str(target.token_file), target.api)
    except (OSError, UnicodeDecodeError) as error:
        message = f"--token-file: {target.token_file} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}"
        raise CommandError(message, Exit.AUTH) from None


def access(target: Target) -> Access:
    """Where to and as whom, from the first that says so: option, environment, keyring, config file.

    A profile or a config file that is named goes before the environment. Credentials of the environment do not go to a profile's
    address, nor a profile's to any but its own: that could be another machine than they are meant for.

    Raises:
        CommandError: No credentials are there, or what holds them cannot be used.
        ConfigurationError: They are incomplete, contradict one another, or are for another address.
    """
    api = api_of(target)
    given = read_secret(target._replace(api=api))
    if given is not None:
        base_url = target.base_url or (own_address(_named(target.profile)) if target.profile else None)
        return Access(api, credentials(api, given), address(api, base_url), *given_by(target))
    if found := _present(target):
        auth = credentials(api, found | dict.fromkeys(_empty(), ""))
        return Access(api, auth, address(api, target.base_url), *set_by(_variable(name) for name in found))
    return _of_profile(target)


def given_by(target: Target) -> tuple[str, str, str]:
    """Where credentials come from that options bring: in words, the place, and how others are put there."""
    if target.token_file:
        return "file", str(target.token_file), "write others to that file"
    return "stdin", "standard input", "give others"


def set_by(variables: Iterable[str]) -> tuple[str, str, str]:
    """The same of those that variables bring."""
    return "the environment", " and ".join(variables), "set others, or unset them"


def _named(name: str) -> Profile:
    kept = _kept(name)
    if kept is None:
        message = f"there is no profile {name!r} in {config_path()}"
        raise CommandError(message, Exit.AUTH, hint=f"pagertree-async auth login --profile {name}")
    return kept


def _of_profile(target: Target) -> Access:
    from pagertree_async.cli import profiles

    path = config_path()
    if named_config() is not None and not path.exists():
        message = f"--config: there is no file {path}"
        raise CommandError(message, hint=f"pagertree-async auth login --config {path} makes it")
    name = target.profile or profiles.load(path).default
    if target.profile is None and _kept(None) is None:
        blank = "".join(f"; {_variable(one)} is empty" for one in _empty())
        message = f"no credentials{blank}"
        raise CommandError(message, Exit.AUTH, hint=NO_CREDENTIALS)
    profile = _named(name)
    if target.api not in {None, profile.api}:
        message = f"--api: the profile {name!r} is for {profile.api}, not for {target.api}"
        raise CommandError(message, hint="pagertree-async auth login --profile NAME makes another")
    url = _meant(name, profile, target)
    values = profiles.revealed(name, profile)
    source = f"profile {name!r} in {'the keyring' if profile.keyring else path}"
    again = f"pagertree-async auth login --profile {shlex.quote(name)}{' --keyring' if profile.keyring else ''}"
    return Access(profile.api, credentials(profile.api, values), url, source, source, f"{again} puts others there")
