"""``pagerduty trigger|acknowledge|resolve|change``: what PagerDuty's own command line does, in the same words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import connect, events
from pagertree_async.pagerduty.events import Severity
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from tests.rawserver import RawServer, answer, json_answer

ACCEPTED = {"status": "success", "message": "Event processed"}


@pytest.fixture
def duty(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The account that ``--sandbox`` means, kept from one command to the next."""
    with PagerDutySandbox() as sandbox:

        class Kept:
            def __init__(self, **settings: Any) -> None:
                self.__dict__.update(vars(sandbox))

            def __enter__(self) -> Any:
                return sandbox

            def __exit__(self, *error: object) -> None:
                return None

        monkeypatch.setattr("pagertree_async.sandbox.pagerduty.PagerDutySandbox", Kept)
        yield sandbox


def test_an_alert_comes_and_goes(cli: Any, duty: Any) -> None:
    """An alert is opened, acknowledged and resolved under one key, which is printed each time."""

    def status() -> str:
        return str(duty._store.find("incidents", "incident_key", "db-7:disk")[0]["status"])

    told = ("pagerduty", "trigger", "--description", "disk full", "--source", "db-7", "-i", "db-7:disk", "--sandbox")
    assert (0, "db-7:disk\n", "") == cli(*told)
    assert "triggered" == status()
    for verb, became in (("acknowledge", "acknowledged"), ("resolve", "resolved")):
        assert (0, "db-7:disk\n", "") == cli("pagerduty", verb, "--dedup-key", "db-7:disk", "--sandbox")
        assert became == status()


def test_a_key_that_is_made_here(cli: Any) -> None:
    """Without a key one is made, and printed to be resolved with."""
    result = cli("pagerduty", "trigger", "--description", "disk full", "--severity", "info", "--sandbox")
    assert (0, True) == (result.code, bool(re.fullmatch(r"[0-9a-f]{32}\n", result.out)))


def test_a_change(cli: Any, duty: Any) -> None:
    """A change is under no key."""
    assert (0, "", "accepted\n") == cli("pagerduty", "change", "--description", "release 7", "--sandbox")
    assert 1 == duty.count("change_events")


@pytest.mark.parametrize("source", ["environment", "file", "stdin"])
def test_where_the_key_comes_from(source: str, cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, a file or standard input, never from an argument; it leaves in the body alone."""
    (tmp_path / "key").write_text("a-routing-key\n")
    given = {
        "environment": (),
        "file": ("--token-file", str(tmp_path / "key")),
        "stdin": ("--token-stdin",),
    }[source]
    if source == "environment":
        monkeypatch.setenv("PAGERDUTY_ROUTING_KEY", "a-routing-key")
    with RawServer(json_answer(ACCEPTED | {"dedup_key": "x"}, 202)) as server:
        if source == "environment":
            monkeypatch.setenv("PAGERDUTY_BASE_URL", server.url)
        else:
            given += ("--base-url", server.url)
        result = cli("pagerduty", "resolve", "-i", "x", "-vv", *given, stdin="a-routing-key\n")
    assert (0, "x\n") == (result.code, result.out), result.err
    (request,) = server.requests
    assert ("POST", "/v2/enqueue", None) == (request.method, request.target, request.header("authorization"))
    assert {"event_action": "resolve", "dedup_key": "x", "routing_key": "a-routing-key"} == json.loads(request.body)
    assert f"RoutingKey from {'the environment' if source == 'environment' else source}, for {server.url}" in result.err
    assert "a-routing-key" not in result.err


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "error"),
    [
        (("resolve", "-i", "x"), "", 3, "no routing key"),
        (("resolve", "-i", "x", "--token-stdin"), "a\nb\n", 3, "a routing key is one line"),
        (("resolve", "--sandbox"), "", 2, "missing option '-i' / '--dedup-key'"),
        (("trigger", "--sandbox"), "", 2, "missing option '--description'"),
        (("trigger", "--description", " ", "--sandbox"), "", 2, "--description is empty: nobody who is woken would"),
        (("trigger", "--description", "x", "--severity", "bad", "--sandbox"), "", 2, "a severity is one of critical"),
        (("trigger", "--description", "x", "-i", "", "--sandbox"), "", 2, "trigger: a dedup key is a text of 1 to 255"),
        (("trigger", "--description", "x", "-k", "secret", "--sandbox"), "", 2, "there is no option -k: the words"),
        (("resolve", "--token", "secret", "-i", "x"), "", 2, "there is no option --token: the words of a command"),
        (("resolve", "-x", "-i", "x"), "", 2, "no such option: -x"),
        (
            ("trigger", "--description", "x", "--sandbox", "--token-stdin"),
            "",
            2,
            "--sandbox and --token-stdin contradict",
        ),
    ],
)
def test_what_cannot_be_told(arguments: tuple[str, ...], stdin: str, code: int, error: str, cli: Any) -> None:
    """What is missing or wrong is refused in a line, and nothing is sent."""
    result = cli("pagerduty", *arguments, stdin=stdin)
    assert (code, "") == (result.code, result.out)
    assert result.err.startswith(f"error: {error}"), result.err
    if "the words" in error:
        assert "hint: Set PAGERDUTY_ROUTING_KEY, or give --token-file FILE or --token-stdin\n" in result.err
        assert "secret" not in result.err


def test_a_server_that_refuses(cli: Any, tmp_path: Path) -> None:
    """What the events server says is wrong ends with 5, a wrong key with 3, and the key is in no error."""
    (tmp_path / "key").write_text("a-routing-key")
    codes = []
    for status in (400, 403):
        with RawServer(answer(status, b'{"status": "invalid event", "errors": ["a-routing-key"]}')) as server:
            reach = ("--base-url", server.url, "--token-file", str(tmp_path / "key"))
            result = cli("pagerduty", "resolve", "-i", "x", *reach)
        codes.append(result.code)
        assert "a-routing-key" not in result.err
    assert [5, 3] == codes


def test_a_dry_run(cli: Any, tmp_path: Path) -> None:
    """The event is shown with its key starred, and not sent."""
    (tmp_path / "key").write_text("a-routing-key")
    result = cli("pagerduty", "trigger", "--description", "x", "--token-file", str(tmp_path / "key"), "--dry-run")
    assert (0, "") == (result.code, result.err)
    assert result.out.startswith("POST https://events.pagerduty.com/v2/enqueue\n")
    body = json.loads(result.out.partition("\n\n")[2])
    assert ("***", "trigger", "x") == (body["routing_key"], body["event_action"], body["payload"]["summary"])


def test_the_severities_are_the_clients() -> None:
    """The help names every severity, without loading the client."""
    assert Severity.__args__ == events.SEVERITIES


def test_it_is_not_one_of_the_apis_resources(cli: Any) -> None:
    """It is there whichever API is meant."""
    for api in connect.APIS:
        assert "no such option: --api" in cli("--api", api, "pagerduty").err
