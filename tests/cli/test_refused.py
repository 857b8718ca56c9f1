"""Credentials that are missing, empty or refused: which they were, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import clients
from pagertree_async.cli.connect import Access
from pagertree_async.errors import AuthenticationError, NotFoundError
from tests.rawserver import RawServer, json_answer

TOKEN = "never-shown-5up3r"


@pytest.fixture
def refusing() -> Iterator[str]:
    """A server that knows nobody."""
    with RawServer(json_answer({"error": "unknown"}, 401)) as server:
        yield server.url


def said(place: str, api: str, url: str, remedy: str) -> str:
    """The hint."""
    check = f"check that they are whole, still valid, and for API {api} at {url}"
    return f"hint: The credentials from {place} were refused: {check}; {remedy}"


@pytest.mark.parametrize("words", ["alerts list", "auth status", "api GET /alert", "export -o ."])
def test_a_token_of_the_environment_that_is_refused(
    words: str, cli: Any, refusing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its variable is named, whichever command it was; what it holds is not."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAGERTREE_TOKEN", TOKEN)
    result = cli(*words.split(), "--base-url", refusing)
    assert (3, True) == (
        result.code,
        said("PAGERTREE_TOKEN", "v3", refusing, "set others, or unset them") in result.err,
    )
    assert TOKEN not in result.err + result.out


def test_both_variables_are_named(cli: Any, refusing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a login that is refused, the name's and the password's."""
    monkeypatch.setenv("PAGERTREE_USERNAME", "ada")
    monkeypatch.setenv("PAGERTREE_PASSWORD", TOKEN)
    both = said("PAGERTREE_USERNAME and PAGERTREE_PASSWORD", "v3", refusing, "set others, or unset them")
    assert both in cli("users", "list", "--base-url", refusing).err


def test_a_file_and_standard_input(cli: Any, refusing: str, tmp_path: Path) -> None:
    """What options bring is told by where it stands."""
    path = tmp_path / "token"
    path.write_text(TOKEN)
    of_file = cli("alerts", "list", "--api", "v4", "--base-url", refusing, "--token-file", str(path))
    assert said(str(path), "v4", refusing, "write others to that file") in of_file.err
    of_stdin = cli("alerts", "list", "--base-url", refusing, "--token-stdin", stdin=TOKEN)
    assert said("standard input", "v3", refusing, "give others") in of_stdin.err


def test_a_profile(cli: Any, refusing: str, config: Path) -> None:
    """Its name and its file are told, and the command that replaces it."""
    login = ("auth", "login", "--no-check", "--token-stdin", "--base-url", refusing, "--profile", "at work")
    assert 0 == cli(*login, stdin=TOKEN).code
    remedy = "pagertree-async auth login --profile 'at work' puts others there"
    assert said(f"profile 'at work' in {config}", "v3", refusing, remedy) in cli("alerts", "list").err


@pytest.mark.parametrize(
    ("variables", "place"),
    [
        ({"PAGERDUTY_API_KEY": TOKEN}, "PAGERDUTY_API_KEY"),
        ({"PAGERDUTY_USERNAME": "ada", "PAGERDUTY_PASSWORD": TOKEN}, "PAGERDUTY_USERNAME and PAGERDUTY_PASSWORD"),
    ],
)
def test_pagerdutys(
    variables: dict[str, str], place: str, cli: Any, refusing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials of PagerDuty's are told alike."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = cli("oncall", "now", "PABC", "--api", "pagerduty", "--base-url", refusing)
    assert said(place, "pagerduty", refusing, "set others, or unset them") in result.err


def test_other_errors_and_the_sandbox_say_nothing_of_credentials() -> None:
    """Where nothing was refused, or nobody can put others there."""
    unseen: Any = None  # credentials are not looked at
    ours = Access("v3", unseen, "https://x.example", "the environment", "PAGERTREE_TOKEN", "set others")
    for found, error in ((ours, NotFoundError(404)), (ours._replace(remedy=""), AuthenticationError(401))):
        with pytest.raises(type(error)) as caught, clients.refusals(found):
            raise error
        assert "were refused" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "words", "code", "error", "hint"),
    [
        (
            {"PAGERTREE_USERNAME": "ada"},
            "",
            2,
            "PAGERTREE_USERNAME is set and PAGERTREE_PASSWORD is not",
            "Set PAGERTREE_PASSWORD as well, or unset PAGERTREE_USERNAME",
        ),
        (
            {"PAGERTREE_USERNAME": "ada", "PAGERTREE_PASSWORD": " "},
            "",
            2,
            "PAGERTREE_USERNAME is set and PAGERTREE_PASSWORD is empty",
            "Set PAGERTREE_PASSWORD as well, or unset PAGERTREE_USERNAME",
        ),
        (
            {"PAGERTREE_TOKEN": ""},
            "",
            3,
            "no credentials; PAGERTREE_TOKEN is empty",
            "pagertree-async auth login, or set ",
        ),
        (
            {"PAGERTREE_API_KEY": TOKEN},
            "--api v3",
            2,
            "PAGERTREE_API_KEY is set and PAGERTREE_API_SECRET is not",
            "An API key without a secret belongs to API v4: --api v4",
        ),
        (
            {"PAGERTREE_TOKEN": TOKEN},
            "--api v4",
            2,
            "no credentials: none were given, and PAGERTREE_API_KEY is not set",
            "Set PAGERTREE_API_KEY, or log in: pagertree-async auth login; PAGERTREE_TOKEN belongs to API v3: --api v3",
        ),
    ],
)
def test_what_is_missing_or_empty(
    variables: dict[str, str],
    words: str,
    code: int,
    error: str,
    hint: str,
    cli: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The variable is named, and what to do; in the words of the command line."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = cli("alerts", "list", *words.split())
    lines = result.err.splitlines()
    assert (code, f"error: {error}", True) == (result.code, lines[0], lines[1].startswith(f"hint: {hint}")), result.err
