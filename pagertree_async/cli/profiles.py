"""Profiles: credentials and addresses by name, in a file that nobody else can read, or in the keyring."""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pagertree_async.cli.connect import APIS, CREDENTIALS, api_for
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.places import config_path

__all__ = ["Profile", "Profiles", "config_path", "forget", "keep", "load", "revealed", "save", "to_write"]

SERVICE = "pagertree-async"
LOCKED = "Unlock it; without --keyring credentials are kept in a file that only you can read"
REPAIR = "Correct it, or remove it and run: pagertree-async auth login"
LINE = re.compile(
    r"\s*(?:export\s+)?(?:PAGERTREE_)?([A-Z_]+)\s*=\s*(?:(['\"])(.*?)\2|(.*?))\s*(?:\s#.*)?", re.IGNORECASE
)
"""``PAGERTREE_API_KEY=…``, as in a ``.env`` file, and ``API_KEY=…``, as below the ``[DEFAULT]`` of an INI file."""


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
        ours: Whether the file is of the kind that is written here, and not one of lines like ``PAGERTREE_API_KEY=…``.
    """

    default: str = "default"
    by_name: dict[str, Profile] = msgspec.field(default_factory=dict[str, Profile])
    ours: bool = True


def load(path: Path) -> Profiles:
    """The profiles of a file, none when it is not there.

    A file of lines like ``PAGERTREE_API_KEY=…``, as PagerTree's own command line reads them, is one profile.

    Raises:
        CommandError: It cannot be read, others can read it, or it is neither this nor what ``auth login`` writes.
    """
    try:
        with path.open("rb") as file:
            _refuse_open_to_others(path, file.fileno())
            text = file.read().decode()
    except FileNotFoundError:
        return Profiles()
    except UnicodeDecodeError:
        message = f"{path} is not TOML: it is not even UTF-8"
        raise CommandError(message, hint=REPAIR) from None
    except OSError as error:
        message = f"{path} is a folder" if path.is_dir() else f"{path} cannot be read: {error.strerror or error}"
        raise CommandError(message, hint="Have --config or PAGERTREE_CONFIG name a file that is yours") from None
    return _read(path, text)


def _read(path: Path, text: str) -> Profiles:
    import tomllib

    found: dict[str, Any] = {}
    wrong: tomllib.TOMLDecodeError | None = None
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong = error
    if found.keys().isdisjoint({"default", "profiles"}) and (lines := _of_lines(text)) is not None:
        return Profiles(by_name={Profiles().default: lines}, ours=False)
    if wrong is not None:
        message = f"{path} is not TOML: {wrong}"
        raise CommandError(message, hint=REPAIR) from None
    try:
        sections: dict[str, Any] = found.get("profiles", {})
        return Profiles(
            default=msgspec.convert(found.get("default", "default"), str),
            by_name={name: _profile(section) for name, section in sections.items()},
        )
    except (msgspec.ValidationError, AttributeError) as error:
        message = f"{path} holds something else than profiles: {error}"
        raise CommandError(message, hint=REPAIR) from None


def _of_lines(text: str) -> Profile | None:
    """The profile that lines of names and values are, None where they have no credentials."""
    values = {found[1].lower(): found[3] or found[4] or "" for found in map(LINE.fullmatch, text.splitlines()) if found}
    given = {name: values[name] for name in CREDENTIALS if values.get(name)}
    return Profile(base_url=values.get("base_url") or None, values=given) if given else None


def to_write(path: Path) -> Profiles:
    """The profiles of a file that is about to be written.

    Raises:
        CommandError: It cannot be read, or it is not of the kind that is written here.
    """
    kept = load(path)
    if not kept.ours:
        message = f"{path} is a file of NAME=VALUE lines, which is only read here"
        raise CommandError(message, hint="Edit it, or have --config name another file")
    return kept


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


def _keyring(asked: str, *arguments: str) -> str | None:
    """Ask the keyring something: what it answers to one of its functions.

    Raises:
        CommandError: It is not installed, or it failed; whatever stands behind it may raise errors of its own.
    """
    try:
        import keyring
        from keyring.errors import PasswordDeleteError
    except ImportError:
        message = "the keyring needs a library that is not installed"
        raise CommandError(message, hint="pip install 'pagertree-async[keyring]'") from None
    try:
        answer: str | None = getattr(keyring, asked)(SERVICE, *arguments)
    except PasswordDeleteError:
        return None  # there is none
    except Exception as error:
        told = str(error) or type(error).__name__
        message = f"the keyring does not answer: {told}"
        raise CommandError(message, Exit.AUTH, hint=LOCKED) from None
    return answer


def revealed(name: str, profile: Profile) -> dict[str, str]:
    """All credentials of a profile, those of the keyring fetched.

    Raises:
        CommandError: The keyring cannot be asked, or has none.
    """
    values = dict(profile.values)
    for key in profile.keyring:
        kept = _keyring("get_password", f"{name}/{key}")
        if kept is None:
            message = f"the keyring has no {key} for the profile {name!r}"
            raise CommandError(message, Exit.AUTH, hint=f"pagertree-async auth login --profile {name} --keyring")
        values[key] = kept
    return values


def keep(name: str, values: Mapping[str, str]) -> None:
    """Put credentials into the keyring, all of them or none.

    Raises:
        CommandError: It does not take them.
    """
    taken: list[str] = []
    try:
        for key, value in values.items():
            _keyring("set_password", f"{name}/{key}", value)
            taken.append(key)
    except CommandError:
        with contextlib.suppress(CommandError):
            forget(name, taken)
        raise


def forget(name: str, keys: Iterable[str]) -> None:
    """Remove a profile's credentials from the keyring, as far as they are there.

    Raises:
        CommandError: The keyring does not answer: they may be there still.
    """
    for key in keys:
        _keyring("delete_password", f"{name}/{key}")
        if _keyring("get_password", f"{name}/{key}") is not None:
            message = f"the keyring keeps the {key} of the profile {name!r}"
            raise CommandError(message, Exit.AUTH, hint="Remove it with the keyring's own program")
