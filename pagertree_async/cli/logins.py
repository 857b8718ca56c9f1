"""What the ``auth`` commands do."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer

from pagertree_async.cli import clients, connect, options, profiles
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.failures import code_of, lines_of
from pagertree_async.cli.output import draw, grid, is_terminal, note
from pagertree_async.errors import AuthenticationError

PROMPTS = {
    "token": "Token",
    "api_key": "API key",
    "api_secret": "API secret",
    "username": "User name",
    "password": "Password",
}
OPEN = frozenset({"username"})
"""What may be seen while it is typed."""


def login(*, kind: str | None, keyring: bool, check: bool, **given: Any) -> None:
    """Take credentials, try them, and keep them."""
    target = options.target(given)
    ways = _ways(target.api)
    kind = kind or next(iter(ways))
    if kind not in ways:
        message = f"--with: {kind!r} is none of {', '.join(ways)}"
        raise CommandError(message)
    path = profiles.config_path()
    kept = profiles.to_write(path)
    name = target.profile or (kept.default if kept.by_name else "default")
    values = _taken(kind, ways[kind], target)
    api = target.api or connect.api_for(values)
    base_url = connect.address(api, target.base_url)
    access = connect.Access(api, connect.credentials(api, values), base_url, "the input")
    if check:
        _try_new(access, target)
    public = {key: value for key, value in values.items() if key in OPEN}
    secret = {key: value for key, value in values.items() if key not in OPEN}
    if keyring:
        profiles.keep(name, secret)
    if not kept.by_name:
        kept.default = name
    before = kept.by_name.get(name, profiles.Profile())
    kept.by_name[name] = profiles.Profile(
        api=api,
        base_url=base_url,
        values=public if keyring else values,
        keyring=tuple(secret) if keyring else (),
    )
    profiles.save(path, kept)
    profiles.forget(name, set(before.keyring).difference(kept.by_name[name].keyring))
    where = f"{path}{' and the keyring' if keyring else ''}"
    tried = "" if check else "not tried; "
    note(f"{tried}kept as profile {name!r} in {where}, for API {api} at {base_url}")


def _ways(api: str | None) -> dict[str, list[tuple[str, ...]]]:
    """The ways to authenticate by name, with what each may consist of, the most first.

    Raises:
        CommandError: There is no such API.
    """
    ways: dict[str, list[tuple[str, ...]]] = {}
    for one in connect.APIS if api is None else [connect.one_of(api, connect.APIS)]:
        for kind, names in connect.KINDS[one].items():
            ways.setdefault(kind, []).append(names)
    return ways


def _taken(kind: str, ways: list[tuple[str, ...]], target: connect.Target) -> dict[str, str]:
    """The credentials from a file, from standard input, or from somebody who types them."""
    names = ways[0]
    if target.token_file is not None or target.token_stdin:
        given = connect.read_secret(target) or {}
        fitting = [way for way in ways if len(way) == len(given)]
        if not fitting:
            message = f"--with {kind} takes {len(names)} line{'s' if len(names) > 1 else ''}: {' and '.join(names)}"
            raise CommandError(message)
        return dict(zip(fitting[0], given.values(), strict=True))
    if not is_terminal(sys.stdin):
        message = "there is nobody to ask for the credentials"
        raise CommandError(message, hint="Give them by --token-file FILE or --token-stdin")
    return {name: text for name in names if (text := _typed(name, optional=any(name not in way for way in ways)))}


def _typed(name: str, *, optional: bool) -> str:
    label = f"{PROMPTS[name]} (just Enter if there is none)" if optional else PROMPTS[name]
    default = "" if optional else None
    typed = str(typer.prompt(label, default, hide_input=name not in OPEN, show_default=False, err=True)).strip()
    if not (typed or optional):
        message = f"the {PROMPTS[name] if name.startswith('api') else PROMPTS[name].lower()} is empty"
        raise CommandError(message)
    return typed


def _try_new(access: connect.Access, target: connect.Target) -> None:
    """Make a request with credentials that are not kept yet.

    Raises:
        CommandError: The API refused them.
    """
    try:
        _try(access, target)
    except AuthenticationError as error:
        hint = (
            f"Nothing was kept. Check what was given, and whether it belongs to API {access.api} at {access.base_url}"
        )
        raise CommandError(lines_of(error)[0].removeprefix("error: "), code_of(error), hint=hint) from None


def _try(access: connect.Access, target: connect.Target) -> None:
    """Make a request with credentials; what fails says so by its own error."""
    with clients.refusals(access), clients.opened(access, connect.Target(allow_http=target.allow_http)) as client:
        client.users.list(limit=1).first()


def status(*, check: bool, **given: Any) -> None:
    """Say what a command would use now."""
    target = options.target(given)
    access = connect.access(target)
    told = target.base_url is None and target.profile is None and not access.source.startswith("profile ")
    said = ", from PAGERTREE_BASE_URL" if told and os.environ.get("PAGERTREE_BASE_URL") else ""
    typer.echo(f"{type(access.auth).__name__} from {access.source}, for API {access.api} at {access.base_url}{said}")
    if check:
        _try(access, target)
        typer.echo("They work.")


def listed(**given: Any) -> None:
    """List the profiles."""
    del given
    path = profiles.config_path()
    kept = profiles.load(path)
    if not kept.by_name:
        note(f"no profiles in {path}; pagertree-async auth login makes one")
        return
    table = grid("profile", "api", "address", "credentials", "kept in", "default")
    for name, profile in kept.by_name.items():
        where = "keyring" if profile.keyring else "file"
        held = ", ".join((*profile.values, *profile.keyring)).replace("_", " ")
        url = connect.own_address(profile)
        table.add_row(name, profile.api, url, held, where, "yes" if name == kept.default else "")
    draw(table, sys.stdout)


def use(*, name: str, **given: Any) -> None:
    """Make a profile the default."""
    del given
    path, kept = _having(name)
    kept.default = name
    profiles.save(path, kept)
    note(f"{name!r} is used when no profile is named")


def logout(**given: Any) -> None:
    """Forget a profile."""
    path = profiles.config_path()
    name = options.target(given).profile or profiles.load(path).default
    path, kept = _having(name)
    profiles.forget(name, kept.by_name.pop(name).keyring)
    if kept.default == name and kept.by_name:
        kept.default = next(iter(kept.by_name))
    profiles.save(path, kept)
    note(f"forgot profile {name!r}; the credentials themselves stay valid until they are revoked")


def _having(name: str) -> tuple[Path, profiles.Profiles]:
    path = profiles.config_path()
    kept = profiles.to_write(path)
    if name not in kept.by_name:
        message = f"there is no profile {name!r} in {path}"
        raise CommandError(message, Exit.AUTH, hint="pagertree-async auth list")
    return path, kept
