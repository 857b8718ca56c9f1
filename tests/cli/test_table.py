"""Every operation of the endpoint table as a command, so that none can be forgotten."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from pagertree_async.cli import connect, shapes
from pagertree_async.cli.app import root
from pagertree_async.cli.describe import described, every
from pagertree_async.endpoints import Operation, operations

CASES = [
    (api, name, operation)
    for api in connect.APIS
    for name, service in connect.services(api).items()
    for operation in operations(service)
]
VALUES = {
    "v3": {
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
    },
    "v4": {
        "title": "Disk full",
        "name": "Somebody",
        "email": "somebody@example.com",
        "urgency": "high",
        "body": "Looking into it",
        "thirdparty_id": "db7/disk",
        "destination_team_ids": "teams",
        "default_receiver_account_user_id": "account_users",
        "integration_type_id": "integration_types",
        "account_user_ids": "account_users",
        "integration_ids": "integrations",
        "member_account_user_ids": "account_users",
        "admin_account_user_ids": "account_users",
        "team_ids": "teams",
        "start_time": "2026-05-28T09:00Z",
        "end_time": "2026-05-28T17:00Z",
        "start_datetime": "2026-05-28T09:00Z",
        "end_datetime": "2026-05-28T17:00Z",
        "start": "2026-05-28T09:00Z",
        "end": "2026-05-30T17:00Z",
        "action_time": "2026-05-29T09:00Z",
        "time_zone": "Europe/Berlin",
        "layer": "1",
    },
}
"""What the parameters are given, an id where the value names a service."""
TYPES = {"routers": "router", "integrations": "email", "alerts": "acknowledge"}
BEFORE = {"resolve": ("acknowledge",), "archive": ("acknowledge", "resolve"), "handoff": ("acknowledge",)}
"""What is done to a new alert before it can be moved on, where that matters."""
EXTRA = {
    ("v3", "events", "update"): ["--layer", "2"],
    ("v4", "events", "update"): ["--layer", "2"],
    ("v4", "alerts", "create"): ["--team-id", "teams"],
    ("v4", "broadcasts", "create"): ["--team-id", "teams"],
    ("v4", "integrations", "create"): ["--team-id", "teams"],
    ("v4", "integrations", "ensure"): ["--team-id", "teams"],
    ("v4", "routers", "create"): ["--default-receiver-team-id", "teams"],
    ("v4", "routers", "ensure"): ["--default-receiver-team-id", "teams"],
}


def named(case: tuple[str, str, Operation]) -> str:
    return f"{case[0]}-{case[1]}-{case[2].verb}"


class Account:
    """The ids of a sandbox, by the commands themselves."""

    def __init__(self, cli: Any, api: str, sandbox: Any) -> None:
        self._cli = cli
        self._api = api
        self._sandbox = sandbox

    def rows(self, *command: str) -> list[dict[str, Any]]:
        result = self._cli(*command, "--sandbox", "--api", self._api, "-o", "ndjson")
        assert result.code == 0, result.err
        return [json.loads(line) for line in result.out.splitlines()]

    def id(self, service: str) -> str:
        if service == "fresh":
            return self.fresh("alerts")
        if service in {"accounts", "tokens"}:
            account = self.rows("users", "list", "--limit", "1")[0]["sid"]
            return account if service == "accounts" else self.rows("accounts", "show", account)[0]["token_id"]
        if service == "maintenance_windows":
            return str(self.rows(service, *self.window())[0]["id"])
        return str(self.rows(service, "list", "--limit", "1")[0]["id"])

    def window(self) -> list[str]:
        values = VALUES["v4"]
        times = ["--start-datetime", values["start_datetime"], "--end-datetime", values["end_datetime"]]
        return ["create", "--name", "x", *times, "--time-zone", "UTC", "--integration-ids", self.id("integrations")]

    def fresh(self, service: str) -> str:
        more = ["--destination-ids", self.id("users")]
        if self._api == "v4" and service == "alerts":
            # One that asks the key's own user, who alone may decline it.
            more = ["--account-user-id", self._sandbox.v4_api_key[:26], "--alias", "db7/disk"]
        return str(self.rows(service, "create", "--title", "New", *more)[0]["id"])

    def repeated(self) -> str:
        """The id of an event that is repeated, of which one occurrence can be changed."""
        times = ["--start-time", "2026-05-28T09:00Z", "--end-time", "2026-05-28T17:00Z", "--time-zone", "UTC"]
        who = ["--account-user-ids", self.id("account_users"), "--layer", "1"]
        repeat = ["--repeat", "--frequency", "1", "--frequency-unit", "daily"]
        return str(self.rows("events", "create", *times, *who, *repeat)[0]["id"])


def arguments(account: Account, case: tuple[str, str, Operation]) -> list[str]:
    """A command line for an operation that the sandbox accepts."""
    api, service, operation = case
    services, values = connect.services(api), VALUES[api]
    shape = described(services[service])
    known = next(one for one in shape.shapes if one.verb == operation.verb)
    given: list[str] = []
    if operation.verb.endswith("_by"):
        account.fresh(service)
    if operation.choices:
        given.append(operation.choices[0])
    elif operation.arguments:
        if known.method == "POST" and service == "events":
            given.append(account.repeated())
        elif known.method == "POST" and service in {"alerts", "incidents"}:
            given.append(account.fresh(service))
        else:
            given.append(account.id(service))
        for verb in BEFORE.get(operation.verb, ()):
            account.rows(service, verb, given[0])
    needed = (operation.params.alternatives or ((),))[0]
    for option in known.options:
        if option.required or option.name in needed:
            value = TYPES[service] if option.name == "type" else values[option.name]
            given += [shapes.flag_of(option.name), account.id(value) if value in (*services, "fresh") else value]
    if known.kind == "ensure":
        given += ["--by", next(option.name for option in known.options if option.name in {"title", "name", "start"})]
    if known.kind == "find":
        given += ["--id", account.id(service)]
    if known.method == "DELETE":
        given.append("--yes")
    if operation.verb == "update" and case[:2] + (operation.verb,) not in EXTRA:
        given += ["--title" if service in {"alerts", "incidents", "broadcasts"} else "--name", "Another"]
    more = EXTRA.get((api, service, operation.verb), [])
    return given + [account.id(word) if word in services else word for word in more]


def words_of(operation: Operation) -> str:
    return "show" if operation.verb == "retrieve" else operation.verb.replace("_", "-")


@pytest.mark.parametrize("case", CASES, ids=named)
def test_every_operation_is_a_command_that_works(case: tuple[str, str, Operation], cli: Any, sandbox: Any) -> None:
    """Each operation of the endpoint tables can be called by its command, against the sandbox."""
    api, service, operation = case
    given = arguments(Account(cli, api, sandbox), case)
    form = ["-o", "json"] if operation.result else []
    result = cli(service.replace("_", "-"), words_of(operation), *given, "--sandbox", "--api", api, *form)
    assert (0, operation.result is None) == (result.code, result.out == ""), result.err
    if operation.result is not None:
        json.loads(result.out)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_every_operation_can_be_tried_dry(case: tuple[str, str, Operation], cli: Any, sandbox: Any) -> None:
    """``--dry-run`` prints the request of each operation, and sends nothing."""
    api, service, operation = case
    given = arguments(Account(cli, api, sandbox), case)
    before = sum(sandbox.requests.values())
    result = cli(service, words_of(operation), *given, "--sandbox", "--api", api, "--dry-run")
    assert (0, before) == (result.code, sum(sandbox.requests.values())), result.err
    looks_first = operation.verb == "ensure" or operation.verb.endswith("_by")
    assert result.out.startswith(f"{'GET' if looks_first else operation.method} https://sandbox.localhost/")
    assert "authorization: ***\n" in result.out


def commands() -> list[tuple[str, list[str]]]:
    """Every command by its API and its words."""
    return [
        (api, [*words, name])
        for api in connect.APIS
        for words, group in [
            ([], root(api)),
            *(
                ([name], root(api).get_command(None, name))
                for name in ("auth", "oncall", "pagerduty", *connect.services(api))
            ),
        ]
        for name in group.entries
    ]


@pytest.mark.parametrize(("api", "words"), commands(), ids=lambda part: part if part is str else " ".join(part))
def test_every_help_reads_well(api: str, words: list[str], cli: Any) -> None:
    """The help of each command begins with a sentence and has a text for every option."""
    told = (
        ()
        if words[0] in {"sandbox", "report", "pagerduty"}
        or words in (["auth", "list"], ["auth", "use"], ["auth", "logout"])
        else ("--api", api)
    )
    result = cli(*told, *words, "--help")
    assert (0, "") == (result.code, result.err)
    usage, _, rest = result.out.partition("\n\n")
    about = rest.split("\n\n")[0].strip()
    assert usage.startswith(f"Usage: pagertree-async {' '.join(words)}")
    assert about[:1].isupper() and about.endswith("."), about
    assert "``" not in result.out
    command: Any = root(api)
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
    resources = every()
    assert shapes.KNOWN.read_text("utf-8") == shapes.written(resources)
    for api, found in resources.items():
        assert {resource.name: resource for resource in found} == shapes.known(api)


RECEIVERS = ("team", "router", "account-user")


def test_what_must_be_given_is_in_the_help(cli: Any) -> None:
    """Where one of several options must be given, the help of each API says so, and breaks no option in two."""
    for api, command, told in (
        ("v3", ("incidents", "create"), "Needs --destination-ids; or --description with --d-team-id."),
        ("v3", ("users", "ensure"), "Needs --emails; or --email."),
        ("v4", ("account-users", "create"), "Needs --name with --email; or --user-attributes."),
        (
            "v4",
            ("alerts", "create"),
            "Needs one destination at least: " + " or ".join(f"--destination-{one}-ids" for one in RECEIVERS) + ".",
        ),
        (
            "v4",
            ("routers", "ensure"),
            "Needs one default receiver at least: --default-receiver-account-user-id or --default-receiver-router-id",
        ),
        ("v4", ("events", "create"), "With --repeat, it repeats and needs --frequency and --frequency-unit."),
        (
            "v4",
            ("broadcasts", "create"),
            "With --response-requested, it requests a response and needs one to choose at least: --response-options.",
        ),
    ):
        shown = " ".join(cli("--api", api, *command, "--help").out.split())
        assert f" {told} " in shown
        assert [] == [word for word in shown.split() if word.startswith("--") and word.endswith("-")]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_what_the_help_needs_is_what_is_refused(case: tuple[str, str, Operation], cli: Any) -> None:
    """Every create that refuses its required options alone says in its help what else it needs."""
    api, service, operation = case
    shape = next(one for one in described(connect.services(api)[service]).shapes if one.verb == operation.verb)
    if shape.words or shape.kind in {"list", "find"}:
        assert not shape.needs.startswith("Needs")
        return
    values = VALUES[api]
    given = [
        word
        for option in shape.options
        if option.required
        for word in (
            shapes.flag_of(option.name),
            option.choices[0] if option.choices else given_for(values, option.name),
        )
    ]
    by = ["--by", given[0].removeprefix("--")] if shape.kind == "ensure" else []
    result = cli(service, words_of(operation), *given, *by, "--sandbox", "--api", api, "--dry-run")
    refused = result.code == 2 and not result.err.startswith("error: there is no")
    assert shape.needs.startswith("Needs") == refused, result.err


def given_for(values: dict[str, str], name: str) -> str:
    """Something for an option, an id where it stands for one."""
    value = values.get(name, "x")
    return "id_1" if value in {*connect.services("v3"), *connect.services("v4"), "fresh"} else value


def test_no_help_speaks_python(cli: Any) -> None:
    """What docstrings say to those who write Python, the help says otherwise."""
    for api, words in commands():
        shown = cli(
            *(() if words[0] in {"sandbox", "report", "pagerduty", "auth"} else ("--api", api)), *words, "--help"
        ).out
        for strange in ("ZoneInfo", "None", "aware datetime", "``", ":class:", "named in by"):
            assert strange not in shown, (words, strange)


def test_every_command_of_a_resource_has_an_example(cli: Any) -> None:
    """Each help ends with a command line that can be taken apart."""
    for api, words in commands():
        if words[0] not in connect.services(api) and words[0].replace("-", "_") not in connect.services(api):
            continue
        if len(words) == 1:
            continue
        shown = cli("--api", api, *words, "--help").out
        lines = [line.strip() for line in shown.partition("Examples:\n")[2].splitlines()]
        assert lines, words
        for line in lines:
            given = shlex.split(line)[1:]
            done = cli("--api", api, *given, "--help")
            assert (0, "") == (done.code, done.err)
            assert f" {words[1]} [OPTIONS]" in done.out.splitlines()[0]
