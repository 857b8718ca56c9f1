"""What the ``auth`` commands do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import typer

from pagertree_async.cli import connect, options, profiles
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.output import draw, grid, is_terminal, note

KINDS: dict[str, tuple[str, ...]] = {"token": ("token",), "key": ("api_key", "api_secret"), "login": ("username", "password")}
PROMPTS = {
    "token": "Token",
    "api_key": "API key",
    "api_secret": "API secret",
    "username": "User name",
    "password": "Password",
}
OPEN = frozenset({"username"})
"""What may be seen while it is typed."""


def login(*, kind: str, keyring: bool, check: bool, **given: Any) -> None:
    """Take credentials, try them, and keep them."""
    target = options.target(given)
    if kind not in KINDS:
        message = f"--with: {kind!r} is none of {', '.join(KINDS)}"
        raise CommandError(message)
    path = profiles.config_path()
    kept = profiles.load(path)
    name = target.profile or (kept.default if kept.by_name else "default")
    values = _taken(kind, target)
    base_url = connect.address(target.base_url)
    access = connect.Access(auth=connect.credentials(values), base_url=base_url, source="the input")
    if check:
        _try(access)
    public = {key: value for key, value in values.items() if key in OPEN}
    secret = {key: value for key, value in values.items() if key not in OPEN}
    if keyring:
        profiles.keep(name, secret)
    if not kept.by_name:
        kept.default = name
    kept.by_name[name] = profiles.Profile(
        base_url=target.base_url, values=public if keyring else values, keyring=tuple(secret) if keyring else ()
    )
    profiles.save(path, kept)
    note(
        f"{'' if check else 'not tried; '}kept as profile {name!r} in {path}{' and the keyring' if keyring else ''}, for {base_url}"
    )


def _taken(kind: str, target: connect.Target) -> dict[str, str]:
    """The credentials from a file, from standard input, or from somebody who types them."""
    names = KINDS[kind]
    if target.token_file is not None or target.token_stdin:
        given = connect.read_secret(target) or {}
        if len(given) != len(names):
            message = f"--with {kind} takes {len(names)} line{'s' if len(names) > 1 else ''}: {' and '.join(names)}"
            raise CommandError(message)
        return dict(zip(names, given.values(), strict=True))
    if not is_terminal(sys.stdin):
        message = "there is nobody to ask for the credentials"
        raise CommandError(message, hint="Give them by --token-file FILE or --token-stdin")
    return {name: str(typer.prompt(PROMPTS[name], hide_input=name not in OPEN, err=True)).strip() for name in names}


def _try(access: connect.Access) -> None:
    """Make a request with credentials; what fails says so by its own error."""
    with connect.opened(access, connect.Target()) as client:
        client.users.list(limit=1).first()


def status(*, check: bool, **given: Any) -> None:
    """Say what a command would use now."""
    target = options.target(given)
    access = connect.access(target)
    typer.echo(f"{type(access.auth).__name__} from {access.source}, for {access.base_url}")
    if check:
        _try(access)
        typer.echo("They work.")


def listed() -> None:
    """List the profiles."""
    path = profiles.config_path()
    kept = profiles.load(path)
    if not kept.by_name:
        note(f"no profiles in {path}; pagertree-async auth login makes one")
        return
    table = grid("profile", "address", "credentials", "kept in", "default")
    for name, profile in kept.by_name.items():
        where = "keyring" if profile.keyring else "file"
        held = ", ".join((*profile.values, *profile.keyring)).replace("_", " ")
        table.add_row(name, connect.address(profile.base_url), held, where, "yes" if name == kept.default else "")
    draw(table, sys.stdout)


def use(*, name: str) -> None:
    """Make a profile the default."""
    path, kept = _having(name)
    kept.default = name
    profiles.save(path, kept)
    note(f"{name!r} is used when no profile is named")


def logout(**given: Any) -> None:
    """Forget a profile."""
    path = profiles.config_path()
    name = options.target(given).profile or profiles.load(path).default
    path, kept = _having(name)
    profiles.forget(name, kept.by_name.pop(name))
    if kept.default == name and kept.by_name:
        kept.default = next(iter(kept.by_name))
    profiles.save(path, kept)
    note(f"forgot profile {name!r}; the credentials themselves stay valid until they are revoked")


def _having(name: str) -> tuple[Path, profiles.Profiles]:
    path = profiles.config_path()
    kept = profiles.load(path)
    if name not in kept.by_name:
        message = f"there is no profile {name!r} in {path}"
        raise CommandError(message, Exit.AUTH, hint="pagertree-async auth list")
    return path, kept
