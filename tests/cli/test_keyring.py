"""Credentials in the system's keyring, by the keyring's own library over a backend in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import profiles
from pagertree_async.cli.exits import CommandError

keyring = pytest.importorskip("keyring")
backend = pytest.importorskip("keyring.backend")
errors = pytest.importorskip("keyring.errors")


class Memory(backend.KeyringBackend):  # type: ignore[misc, name-defined]
    """A keyring in memory, which can be locked, be out of room, or forget nothing."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.failing: Exception | None = None
        self.room = 99
        self.stubborn = False

    def _open(self) -> None:
        if self.failing is not None:
            raise self.failing

    def get_password(self, service: str, username: str) -> str | None:
        self._open()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._open()
        if len(self.kept) >= self.room:
            raise errors.PasswordSetError("there is no room")
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._open()
        if (service, username) not in self.kept:
            raise errors.PasswordDeleteError("there is none")
        if not self.stubborn:
            del self.kept[service, username]


@pytest.fixture
def memory() -> Iterator[Memory]:
    """The keyring of this test."""
    before = keyring.get_keyring()
    made = Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


LOGIN = ("auth", "login", "--no-check", "--token-stdin", "--keyring")


def test_a_profile_comes_and_goes(cli: Any, memory: Memory, config: Path) -> None:
    """With ``--keyring`` the file holds no secret, commands find it, and logging out leaves nothing behind."""
    result = cli(*LOGIN, "--with", "login", stdin="ada@x.example\nhunter2\n")
    where = (
        f"not tried; kept as profile 'default' in {config} and the keyring, for API v3 at https://api.pagertree.com\n"
    )
    assert (0, where) == (result.code, result.err)
    assert {("pagertree-async", "default/password"): "hunter2"} == memory.kept
    assert (True, False) == ("ada@x.example" in config.read_text(), "hunter2" in config.read_text())
    status = cli("auth", "status", "--no-check")
    assert status.out.startswith("Login from profile 'default' in the keyring, for ")
    assert "keyring" in cli("auth", "list").out
    assert 0 == cli("teams", "list", "--dry-run").code
    assert 0 == cli("auth", "logout").code
    assert {} == memory.kept
    assert 3 == cli("teams", "list").code


def test_every_part_is_kept(cli: Any, memory: Memory) -> None:
    """Of several profiles each has its own secrets, of as many parts as there are."""
    cli(*LOGIN, "--with", "key", "--profile", "one", stdin="key\nsecret\n")
    cli(*LOGIN, "--with", "key", "--profile", "two", stdin="another\n")
    assert {"one/api_key": "key", "one/api_secret": "secret", "two/api_key": "another"} == {
        name: value for (_, name), value in memory.kept.items()
    }
    assert cli("auth", "status", "--no-check", "--profile", "two").out.startswith(
        "ApiKey from profile 'two' in the keyring"
    )
    assert 0 == cli("auth", "logout", "--profile", "one").code
    assert ["two/api_key"] == [name for _, name in memory.kept]


def test_a_login_that_replaces_one_leaves_nothing_of_it(cli: Any, memory: Memory, config: Path) -> None:
    """Secrets that the profile no longer has are removed, whether the new ones are in the keyring or in the file."""
    cli(*LOGIN, "--with", "key", stdin="key\nsecret\n")
    cli(*LOGIN, "--with", "key", stdin="another\n")
    assert {("pagertree-async", "default/api_key"): "another"} == memory.kept
    cli(*LOGIN[:-1], "--with", "token", stdin="token\n")
    assert {} == memory.kept
    assert {"token": "token"} == profiles.load(config).by_name["default"].values


@pytest.mark.parametrize(
    ("failing", "told"),
    [
        (errors.KeyringLocked("it is locked"), "it is locked"),
        (errors.InitError("no\n\x1bsession bus"), "no session bus"),
        (errors.NoKeyringError(), "NoKeyringError"),
        (RuntimeError("the bus has gone"), "the bus has gone"),
    ],
)
def test_a_keyring_that_fails(failing: Exception, told: str, cli: Any, memory: Memory, config: Path) -> None:
    """Whatever it fails with is told in a line, with what to do; nothing is taken for done."""
    cli(*LOGIN, stdin="token\n")
    memory.failing = failing
    error = f"error: the keyring does not answer: {told}\nhint: {profiles.LOCKED}\n"
    for command in (("teams", "list"), ("auth", "logout"), (*LOGIN, "--profile", "new")):
        result = cli(*command, stdin="another\n")
        assert (3, "", error) == result
    assert ["default"] == list(profiles.load(config).by_name)
    memory.failing = None
    assert 0 == cli("auth", "logout").code


def test_a_secret_that_is_gone(cli: Any, memory: Memory) -> None:
    """A profile whose secret somebody removed says which is missing; it can be logged out of all the same."""
    cli(*LOGIN, stdin="token\n")
    memory.kept.clear()
    result = cli("teams", "list")
    hint = "hint: pagertree-async auth login --profile default --keyring\n"
    assert (3, f"error: the keyring has no token for the profile 'default'\n{hint}") == (result.code, result.err)
    assert 0 == cli("auth", "logout").code


def test_all_or_nothing(cli: Any, memory: Memory, config: Path) -> None:
    """Where the second part finds no room, the first does not stay."""
    memory.room = 1
    result = cli(*LOGIN, "--with", "key", stdin="key\nsecret\n")
    assert (3, True) == (result.code, result.err.startswith("error: the keyring does not answer: there is no room\n"))
    assert ({}, False) == (memory.kept, config.exists())


def test_a_keyring_that_keeps_what_it_is_to_forget(cli: Any, memory: Memory, config: Path) -> None:
    """A secret that is still there afterwards is told of, and the profile stays."""
    cli(*LOGIN, stdin="token\n")
    memory.stubborn = True
    result = cli("auth", "logout")
    assert (3, True) == (
        result.code,
        result.err.startswith("error: the keyring keeps the token of the profile 'default'"),
    )
    assert ["default"] == list(profiles.load(config).by_name)


def test_no_secret_in_a_traceback(memory: Memory) -> None:
    """The library's own error, whose frames hold the secret, is not behind ours."""
    memory.failing = errors.KeyringLocked("it is locked")
    with pytest.raises(CommandError) as ended:
        profiles.keep("default", {"token": "a-very-secret-token"})
    assert (None, True) == (ended.value.__cause__, ended.value.__suppress_context__)
