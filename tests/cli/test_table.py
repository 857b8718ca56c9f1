"""Every operation of the endpoint table as a command, so that none can be forgotten."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pagertree_async.cli import connect, shapes
from pagertree_async.cli.app import root
from pagertree_async.cli.describe import described
from pagertree_async.endpoints import Operation, operations

OPERATIONS = [(name, operation) for name, service in connect.services().items() for operation in operations(service)]
VALUES = {
    "title": "Disk full",
    "name": "Somebody",
    "settings": "url: https://example.com\nmethod: GET\n",
    "layer": "1",
    "start": "2026-01-05T09:00Z",
    "end": "1767700800",
    "content": "Something happened",
    "destination_ids": "teams",
    "default_receiver": "teams",
    "schedule_id": "schedules",
    "attendees": "users",
    "user_ids": "users",
    "owner_id": "users",
    "team_ids": "teams",
    "to": "users",
    "alert_ids": "fresh",
    "emails": '{"email": "somebody@example.com"}',
}
"""What the parameters are given, an id where the value names a service."""
TYPES = {"routers": "router", "integrations": "email", "alerts": "acknowledge"}
BEFORE = {"resolve": ("acknowledge",), "archive": ("acknowledge", "resolve"), "handoff": ("acknowledge",)}
"""What is done to a new alert before it can be moved on."""
EXTRA = {("events", "update"): ["--layer", "2"], ("logs", "create"): []}


def named(case: tuple[str, Operation]) -> str:
    return f"{case[0]}-{case[1].verb}"


class Account:
    """The ids of a sandbox, by the commands themselves."""

    def __init__(self, cli: Any) -> None:
        self._cli = cli

    def rows(self, *command: str) -> list[dict[str, Any]]:
        result = self._cli(*command, "--sandbox", "-o", "ndjson")
        assert result.code == 0, result.err
        return [json.loads(line) for line in result.out.splitlines()]

    def id(self, service: str) -> str:
        if service == "fresh":
            return self.fresh("alerts")
        if service in {"accounts", "tokens"}:
            account = self.rows("users", "list", "--limit", "1")[0]["sid"]
            return account if service == "accounts" else self.rows("accounts", "show", account)[0]["token_id"]
        return str(self.rows(service, "list", "--limit", "1")[0]["id"])

    def fresh(self, service: str) -> str:
        return str(self.rows(service, "create", "--title", "New", "--destination-ids", self.id("users"))[0]["id"])


def arguments(account: Account, service: str, operation: Operation) -> list[str]:
    """A command line for an operation that the sandbox accepts."""
    shape = described(connect.services()[service])
    known = next(one for one in shape.shapes if one.verb == operation.verb)
    given: list[str] = []
    if operation.choices:
        given.append(operation.choices[0])
    elif operation.arguments:
        given.append(
            account.fresh(service)
            if known.method == "POST" and service in {"alerts", "incidents"}
            else account.id(service)
        )
        for verb in BEFORE.get(operation.verb, ()):
            account.rows(service, verb, given[0])
    needed = (operation.params.alternatives or ((),))[0]
    for option in known.options:
        if option.required or option.name in needed:
            value = TYPES[service] if option.name == "type" else VALUES[option.name]
            given += [
                shapes.flag_of(option.name),
                account.id(value) if value in (*connect.services(), "fresh") else value,
            ]
    if known.kind == "ensure":
        given += ["--by", next(option.name for option in known.options if option.name in {"title", "name", "start"})]
    if known.kind == "find":
        given += ["--id", account.id(service)]
    if known.method == "DELETE":
        given.append("--yes")
    if operation.verb == "update" and (service, "update") not in EXTRA:
        given += ["--title" if service in {"alerts", "incidents"} else "--name", "Another"]
    return given + EXTRA.get((service, operation.verb), [])


@pytest.mark.parametrize("case", OPERATIONS, ids=map(named, OPERATIONS))
def test_every_operation_is_a_command_that_works(case: tuple[str, Operation], cli: Any, sandbox: Any) -> None:
    """Each operation of the endpoint table can be called by its command, against the sandbox."""
    service, operation = case
    command = "show" if operation.verb == "retrieve" else operation.verb.replace("_", "-")
    given = arguments(Account(cli), service, operation)
    result = (
        cli(service, command, *given, "--sandbox", "-o", "json")
        if operation.result
        else cli(service, command, *given, "--sandbox")
    )
    assert (0, operation.result is None) == (result.code, result.out == ""), result.err
    if operation.result is not None:
        json.loads(result.out)


@pytest.mark.parametrize("case", OPERATIONS, ids=map(named, OPERATIONS))
def test_every_operation_can_be_tried_dry(case: tuple[str, Operation], cli: Any, sandbox: Any) -> None:
    """``--dry-run`` prints the request of each operation, and sends nothing."""
    service, operation = case
    given = arguments(Account(cli), service, operation)
    before = sum(sandbox.requests.values())
    result = cli(
        service,
        operation.verb.replace("_", "-") if operation.verb != "retrieve" else "show",
        *given,
        "--sandbox",
        "--dry-run",
    )
    assert (0, before) == (result.code, sum(sandbox.requests.values())), result.err
    method = "GET" if operation.verb == "ensure" else operation.method
    assert result.out.startswith(f"{method} https://sandbox.localhost/")
    assert "authorization: ***\n" in result.out


def commands() -> list[list[str]]:
    """Every command by its words."""
    return [
        [*words, name]
        for words, group in [
            ([], root()),
            *(([name], root().get_command(None, name)) for name in ("auth", *connect.services())),
        ]
        for name in group.entries
    ]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_help_reads_well(words: list[str], cli: Any) -> None:
    """The help of each command begins with a sentence and has a text for every option."""
    result = cli(*words, "--help")
    assert (0, "") == (result.code, result.err)
    usage, _, rest = result.out.partition("\n\n")
    about = rest.split("\n\n")[0].strip()
    assert usage.startswith(f"Usage: pagertree-async {' '.join(words)}")
    assert about[:1].isupper() and about.endswith("."), about
    assert "``" not in result.out
    command: Any = root()
    for word in words:
        command = command.get_command(None, word)
    flags = [
        flag
        for parameter in command.params
        for flag in (*parameter.opts, *parameter.secondary_opts)
        if parameter.param_type_name == "option"
    ]
    assert [] == [parameter.name for parameter in command.params if not parameter.help]
    assert sorted(set(flags)) == sorted(flags)


def test_the_kept_shapes_are_those_of_the_endpoint_table() -> None:
    """What ``known.json`` says is what the endpoint table says; ``python -m pagertree_async.cli.describe`` writes it anew."""
    resources = [described(service) for service in connect.services().values()]
    assert shapes.KNOWN.read_text("utf-8") == shapes.written(resources)
    assert {resource.name: resource for resource in resources} == shapes.known()
