"""What is printed: for people on a terminal, for programs in a pipe."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import output
from pagertree_async.v3.models import User
from tests.cli.conftest import Answers, on

ALERT = b'{"id": "alt_1", "title": "a \\u001b[31m red\\ntitle", "status": "open", "created": 1524787370, "tags": ["x", "y"], "odd": {"deep": 1}}'


def test_a_pipe_gets_ndjson(cli: Any, sandbox: Any) -> None:
    """Away from a terminal each object is a line of JSON, just as it was sent."""
    result = cli("alerts", "list", "--sandbox", "--limit", "3")
    rows = [json.loads(line) for line in result.out.splitlines()]
    assert (3, f"3 of {sandbox.count('alert')} shown; --all shows every one\n") == (len(rows), result.err)
    assert {"id", "title", "createdAt", "tinyId"} <= rows[0].keys()


def test_a_terminal_gets_a_table(cli: Any, sandbox: Any) -> None:
    """On a terminal there is a table, in colours, with a word on what is left out."""
    result = cli("alerts", "list", "--sandbox", "--limit", "3", terminal=True)
    assert "\x1b[" in result.out
    assert ["ID", "TITLE", "STATUS", "URGENCY", "CREATED", "AT"] == "".join(
        part.partition("m")[2] if number else part
        for number, part in enumerate(result.out.splitlines()[0].split("\x1b["))
    ).split()
    assert f"3 of {sandbox.count('alert')} shown; --all shows every one\n" == result.err


def test_an_empty_list(cli: Any, sandbox: Any) -> None:
    """Nothing found is told to a person, and is an empty output or array to a program."""
    asked = ("alerts", "list", "--title", "none such", "--sandbox")
    assert "none\n" == cli(*asked, terminal=True).err
    assert ("", "[]\n") == (cli(*asked).out, cli(*asked, "-o", "json").out)


def test_a_list_that_ends_at_its_limit(cli: Any, sandbox: Any) -> None:
    """Nothing is said of more where there is no more."""
    total = str(sandbox.count("team"))
    result = cli("teams", "list", "--sandbox", "--limit", total, terminal=True)
    assert ("", int(total) + 1) == (result.err, len(result.out.splitlines()))


def test_a_total_that_is_not_known(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server gives no total, and more rows than asked for, what is left out is still told."""
    on(
        monkeypatch,
        Answers(b'{"data": [' + ALERT + b"," + ALERT.replace(b"alt_1", b"alt_2") + b'], "has_more": false}'),
    )
    result = cli("alerts", "list", "--limit", "1", "--sandbox", terminal=True)
    assert "1 shown; --all shows every one\n" == result.err


@pytest.mark.parametrize("limit", ["1", "100", "130"])
def test_limit(limit: str, cli: Any, sandbox: Any) -> None:
    """``--limit`` counts rows, however many pages they come in, and ``--offset`` leaves the first ones out."""
    every = cli("logs", "list", "--sandbox", "--all").out.splitlines()
    assert (
        every[2 : 2 + int(limit)]
        == cli("logs", "list", "--sandbox", "--limit", limit, "--offset", "2").out.splitlines()
    )


def test_thirty_rows_unless_told_otherwise(cli: Any, sandbox: Any) -> None:
    """A list shows its first 30 rows, ``--all`` every one."""
    shown = len(cli("logs", "list", "--sandbox").out.splitlines())
    every = len(cli("logs", "list", "--sandbox", "--all").out.splitlines())
    assert (30, sandbox.count("log")) == (shown, every)


def test_csv_is_valid(cli: Any, sandbox: Any) -> None:
    """Every object is a record, every attribute a column, nested values are JSON."""
    result = cli("users", "list", "--sandbox", "-o", "csv", "--all")
    records = list(csv.DictReader(io.StringIO(result.out)))
    assert sandbox.count("user") == len(records)
    assert {"id", "created_at", "emails"} <= records[0].keys()
    assert "email" in json.loads(records[0]["emails"])[0]
    assert records[0]["created_at"].endswith("Z")


def test_json_is_valid(cli: Any, sandbox: Any) -> None:
    """A list is an array, an object is an object."""
    teams = json.loads(cli("teams", "list", "--sandbox", "-o", "json").out)
    team = json.loads(cli("teams", "show", teams[0]["id"], "--sandbox", "-o", "json").out)
    assert teams[0] == team


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv"])
@pytest.mark.parametrize("terminal", [True, False])
def test_secrets_are_never_shown(form: str, terminal: bool, cli: Any, sandbox: Any) -> None:
    """A user's password and verification code are in no form of output."""
    assert (
        b"password" in sandbox._store.all("user")[0]["password"].encode() or sandbox._store.all("user")[0]["password"]
    )
    result = cli("users", "list", "--sandbox", "-o", form, "--all", terminal=terminal)
    shown = cli("users", "show", sandbox._store.all("user")[0]["id"], "--sandbox", "-o", form, terminal=terminal)
    for text in (result.out + result.err, shown.out + shown.err):
        assert not any(
            user[name] in text
            for user in sandbox._store.all("user")
            for name in ("password", "verificationcode")
            if user.get(name)
        )


@pytest.mark.parametrize("form", ["ndjson", "json", "csv"])
def test_fields_are_chosen(form: str, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--fields`` picks attributes by their names here or on the wire, within others, and among the unknown."""
    on(monkeypatch, Answers(ALERT))
    result = cli(
        "alerts",
        "show",
        "alt_1",
        "--sandbox",
        "-o",
        form,
        "--fields",
        "tags, created,createdAt,extra.odd.deep,meta.none.x",
    )
    if form == "csv":
        record = next(csv.DictReader(io.StringIO(result.out)))
        assert ('["x","y"]', "2018-04-27T00:02:50Z", "", "1") == tuple(record.values())[:4]
    else:
        row = json.loads(result.out)
        assert {
            "tags": ["x", "y"],
            "created": 1524787370,
            "createdAt": None,
            "extra.odd.deep": 1,
            "meta.none.x": None,
        } == row


def test_an_object_that_came_in_several_lines(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was sent over several lines is one line all the same."""
    on(monkeypatch, Answers(b'{"id": "alt_1",\n "title": "x"}'))
    assert '{"id":"alt_1","title":"x"}\n' == cli("alerts", "show", "alt_1", "--sandbox").out


def test_a_table_is_safe_to_read(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a terminal would obey does not reach it from an alert's title."""
    on(monkeypatch, Answers(ALERT))
    result = cli("alerts", "show", "alt_1", "--sandbox", terminal=True)
    assert "a  [31m red title" in result.out
    piped = cli("alerts", "show", "alt_1", "--sandbox", "-o", "table", "--fields", "id,tags,created")
    assert "id       alt_1\ntags     x, y\ncreated  2018-04-27 00:02Z\n" == piped.out


def test_a_table_in_a_pipe_is_as_wide_as_it_needs(cli: Any, sandbox: Any) -> None:
    """Away from a terminal a table cuts nothing and ends no line with blanks."""
    result = cli("alerts", "list", "--sandbox", "-o", "table", "--all")
    assert ("…" in result.out, any(line.endswith(" ") for line in result.out.splitlines())) == (False, False)


def test_a_narrow_terminal_cuts_titles_and_not_ids(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is long gives way to what is short."""
    monkeypatch.setenv("COLUMNS", "70")
    result = cli("alerts", "list", "--sandbox", terminal=True)
    assert "…" in result.out
    assert all(len(line.split()[0]) == 13 for line in result.out.splitlines()[1:])


@pytest.mark.parametrize("form", ["table", "json", "ndjson", "csv"])
def test_a_text_is_printed_as_it_is(form: str, cli: Any, sandbox: Any) -> None:
    """A router's default template is YAML for a person and a JSON string for a program."""
    result = cli("routers", "default-template", "router", "--sandbox", "-o", form)
    assert result.out.startswith('"' if "json" in form else "#")


def test_a_text_without_its_last_line_end(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line end is added where there is none."""
    on(monkeypatch, Answers(b'"rules: []"'))
    assert "rules: []\n" == cli("routers", "default-template", "router", "--sandbox", "-o", "table").out


def test_booleans_and_numbers_in_cells() -> None:
    """Cells hold what their reader expects."""
    assert ("yes", "no", "", "3", "2") == tuple(map(output._readable, (True, False, None, 3, [2])))
    assert ("true", "", '{"a":1}') == tuple(map(output._exact, (True, None, {"a": 1})))


def test_an_object_made_here_can_be_printed() -> None:
    """What was not received but made is printed alike."""
    stream = io.StringIO()
    output.one(User(id="usr_1", name="Ada", password="hash"), output.Out(format=output.Format.JSON), stream)
    assert {"id": "usr_1", "name": "Ada"} == json.loads(stream.getvalue())


def test_dry_run_hides_secrets(cli: Any, tmp_path: Path) -> None:
    """A dry run shows the request with stars for credentials and for secrets in its body, whatever the way to log in."""
    token = tmp_path / "token"
    token.write_text("the-api-key\nthe-api-secret\n")
    body = '{"name": "Ada", "nested": [{"password": "hunter2"}]}'
    result = cli("api", "POST", "/user", "--json", body, "--token-file", str(token), "--dry-run")
    assert (0, "") == (result.code, result.err)
    assert "POST https://api.pagertree.com/user\n" in result.out
    assert "x-api-key: ***\nx-api-secret: ***\n" in result.out
    assert '"password": "***"' in result.out
    assert not any(secret in result.out for secret in ("the-api", "hunter2"))
    queried = cli(
        "api", "GET", "/user", "-f", "token=hunter2", "-f", "name=Ada", "--token-file", str(token), "--dry-run"
    )
    assert "GET https://api.pagertree.com/user?token=***&name=Ada\n" in queried.out


def test_dry_run_does_not_log_in(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a user name and a password the request is shown that would follow the login."""
    monkeypatch.setenv("PAGERTREE_USERNAME", "ada")
    monkeypatch.setenv("PAGERTREE_PASSWORD", "hunter2")
    result = cli("teams", "list", "--dry-run")
    assert (0, True, False) == (
        result.code,
        "GET https://api.pagertree.com/team?limit=30" in result.out,
        "hunter2" in result.out,
    )


class Failing(Answers):
    """Answers one page that promises more, and fails at the next."""

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self._status = 200 if not self.requests else 403
        await super().app(scope, receive, send)


def test_an_array_is_closed_when_a_later_page_fails(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was printed of a list that broke off is JSON; of one that never began nothing is printed."""
    answer = b'{"data": [' + ALERT + b'], "has_more": true, "total_count": 9}'
    on(monkeypatch, Failing(answer))
    broken = cli("alerts", "list", "--all", "--sandbox", "-o", "json")
    assert (3, ["alt_1"]) == (broken.code, [one["id"] for one in json.loads(broken.out)])
    on(monkeypatch, Answers(b"", 403))
    assert (3, "") == cli("alerts", "list", "--all", "--sandbox", "-o", "json")[:2]


@pytest.mark.parametrize(
    ("option", "told"),
    [
        (("--status", "opne"), "--status: 'opne' is no known value; did you mean 'open'?"),
        (("--filter", "status!=opne"), "--filter 'status!=opne': 'opne' is no known value; did you mean 'open'?"),
        (("--api", "v4", "--status", "opne"), "--status: 'opne' is no known value; did you mean 'open'?"),
        (("--subtype", "zzz"), "--subtype: 'zzz' is no known value; known are alert, broadcast, page"),
    ],
)
def test_a_value_that_is_not_known(option: tuple[str, ...], told: str, cli: Any, sandbox: Any) -> None:
    """A value that is none of the documented ones is sent, as the API may know it, and warned of."""
    result = cli("alerts", "list", *option, "--limit", "1", "--sandbox")
    assert (0, f"warning: {told}") == (result.code, result.err.splitlines()[0])


def test_a_narrow_terminal_drops_columns_before_it_cuts_ids(
    cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of who is on call the layer, the person and the times stand first, and every id is whole."""
    monkeypatch.setenv("COLUMNS", "74")
    monkeypatch.setenv("NO_COLOR", "1")
    lines = cli("events", "list", "--sandbox", terminal=True).out.splitlines()
    shown = [re.sub("\x1b\\[[0-9;]*m", "", line).split() for line in lines]
    assert ["LAYER", "ATTENDEES", "START", "END"] == shown[0]
    assert [] == [line for line in lines if "…" in line]
    monkeypatch.setenv("COLUMNS", "5")
    assert "LAYER" in cli("events", "list", "--sandbox", terminal=True).out.splitlines()[0]


def test_trigger_on_a_terminal_is_short(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The id, how it stands and who is asked are shown; a program gets the whole object."""
    monkeypatch.setenv("NO_COLOR", "1")
    asked = ("trigger", "disk full", "--team", "Platform", "--thirdparty-id", "db7", "--urgency", "high", "--sandbox")
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in cli(*asked, terminal=True).out.splitlines()]
    assert ["id", "title", "status", "urgency", "destination ids", "d user id"] == [
        line.partition("  ")[0].strip() for line in lines
    ]
    given = ["db8" if word == "db7" else word for word in asked]
    assert "db8" == json.loads(cli(*given).out)["thirdparty_id"]


def test_trigger_knows_a_name_that_is_near(cli: Any, sandbox: Any) -> None:
    """A team whose name is written otherwise is named."""
    result = cli("trigger", "disk full", "--team", "platform", "--sandbox")
    assert (4, "error: there is no team 'platform'; did you mean 'Platform'?") == (
        result.code,
        result.err.splitlines()[0],
    )
