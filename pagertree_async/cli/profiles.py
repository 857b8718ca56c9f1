"""Profiles: credentials and addresses by name, in a file that nobody else can read, or in the keyring."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from pagertree_async.cli.connect import APIS, CREDENTIALS, api_for
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.places import config_path

__all__ = ["Profile", "Profiles", "config_path", "forget", "keep", "keyring", "load", "revealed", "save"]

SERVICE = "pagertree-async"


class Profile(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """Credentials with a name.

    Attributes:
        api: Which API they are for; left out, their names tell.
        base_url: The root of the API, None for the vendor's own.
        values: The credentials that stand in the file, by name.
        keyring: The names of those that the keyring keeps instead.
    """

    api: str = ""
    base_url: str | None = None
    values: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    keyring: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.api:
            msgspec.structs.force_setattr(self, "api", api_for((*self.values, *self.keyring)))

    def __repr__(self) -> str:
        return f"<Profile {self.base_url or ''} {', '.join((*self.values, *self.keyring))}>"


class Profiles(msgspec.Struct, kw_only=True):
    """What the config file says.

    Attributes:
        default: The profile that is used when none is named.
        by_name: The profiles.
    """

    default: str = "default"
    by_name: dict[str, Profile] = msgspec.field(default_factory=dict[str, Profile])


def load(path: Path) -> Profiles:
    """The profiles of a file, none when it is not there.

    Raises:
        CommandError: Others can read it, or it is not what ``auth login`` writes.
    """
    import tomllib

    try:
        with path.open("rb") as file:
            _refuse_open_to_others(path, file.fileno())
            found = tomllib.load(file)
    except FileNotFoundError:
        return Profiles()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path} is not TOML: {error}"
        raise CommandError(message, hint="Correct it, or remove it and run: pagertree-async auth login") from None
    try:
        sections: dict[str, Any] = found.get("profiles", {})
        return Profiles(
            default=msgspec.convert(found.get("default", "default"), str),
            by_name={name: _profile(section) for name, section in sections.items()},
        )
    except (msgspec.ValidationError, AttributeError) as error:
        message = f"{path} holds something else than profiles: {error}"
        raise CommandError(message, hint="Correct it, or remove it and run: pagertree-async auth login") from None


class _Section(msgspec.Struct, forbid_unknown_fields=True):
    api: str | None = None
    base_url: str | None = None
    keyring: tuple[str, ...] = ()
    token: str | None = None
    api_key: str | None = None
    api_secret: str | None = None
    username: str | None = None
    password: str | None = None


def _profile(section: object) -> Profile:
    given = msgspec.convert(section, _Section)
    if given.api is not None and given.api not in APIS:
        message = f"api is {given.api!r}, which is none of {', '.join(APIS)}"
        raise msgspec.ValidationError(message)
    values = {name: value for name in CREDENTIALS if (value := getattr(given, name)) is not None}
    return Profile(api=given.api or "", base_url=given.base_url, values=values, keyring=given.keyring)


def _refuse_open_to_others(path: Path, handle: int) -> None:
    mode = stat.S_IMODE(os.fstat(handle).st_mode)
    if mode & 0o077 and hasattr(os, "getuid"):
        message = f"{path} holds credentials and others can reach it (mode {mode:04o})"
        raise CommandError(message, hint=f"chmod 600 {path}")


def save(path: Path, profiles: Profiles) -> None:
    """Write the file, mode 0600, all of it or nothing."""
    import tempfile

    lines = ["# Credentials of pagertree-async: for your eyes only.", f"default = {_quoted(profiles.default)}"]
    for name, profile in profiles.by_name.items():
        lines += ["", f"[profiles.{_quoted(name)}]"]
        lines.append(f"api = {_quoted(profile.api)}")
        lines += [f"base_url = {_quoted(profile.base_url)}"] if profile.base_url else []
        lines += [f"{key} = {_quoted(value)}" for key, value in profile.values.items()]
        names = ", ".join(_quoted(key) for key in profile.keyring)
        lines += [f"keyring = [{names}]"] if profile.keyring else []
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(prefix=path.name, dir=path.parent)  # of mode 0600 from the start
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")  # a JSON string is a TOML string, but for DEL


def keyring() -> ModuleType:
    """The keyring library.

    Raises:
        CommandError: It is not installed.
    """
    try:
        import keyring as library
    except ImportError:
        message = "the keyring needs a library that is not installed"
        raise CommandError(message, hint="pip install 'pagertree-async[keyring]'") from None
    return library


def revealed(name: str, profile: Profile) -> dict[str, str]:
    """All credentials of a profile, those of the keyring fetched.

    Raises:
        CommandError: The keyring cannot be asked, or has none.
    """
    values = dict(profile.values)
    for key in profile.keyring:
        library = keyring()
        try:
            kept = library.get_password(SERVICE, f"{name}/{key}")
        except library.errors.KeyringError as error:
            message = f"the keyring does not answer: {error}"
            raise CommandError(message, Exit.AUTH) from None
        if kept is None:
            message = f"the keyring has no {key} for the profile {name!r}"
            raise CommandError(message, Exit.AUTH, hint=f"pagertree-async auth login --profile {name} --keyring")
        values[key] = kept
    return values


def keep(name: str, values: Mapping[str, str]) -> None:
    """Put credentials into the keyring.

    Raises:
        CommandError: It does not take them.
    """
    library = keyring()
    try:
        for key, value in values.items():
            library.set_password(SERVICE, f"{name}/{key}", value)
    except library.errors.KeyringError as error:
        message = f"the keyring does not take it: {error}"
        raise CommandError(message) from None


def forget(name: str, profile: Profile) -> None:
    """Remove a profile's credentials from the keyring, as far as they are there."""
    for key in profile.keyring:
        library = keyring()
        with contextlib.suppress(library.errors.KeyringError):
            library.delete_password(SERVICE, f"{name}/{key}")
