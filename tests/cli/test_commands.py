"""What commands make of their words: comparisons, values, shells, and commands of their own."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from pagertree_async import __main__ as entry
from pagertree_async.cli import connect, docs, options, resources, shapes, values
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.filters import Condition, condition
from pagertree_async.params import Options, Ref, Refs, UnixSeconds
from pagertree_async.query import Filter
from pagertree_async.v3.models import Team
from tests.cli.conftest import Answers, Stream, on


class Colour(Enum):
    RED = "red"


class Odd(Options, kw_only=True):
    """Parameters of every kind.

    Args:
        text: A ``text``, of :class:`~pagertree_async.Page`
            over two lines.
        moment: A moment.

    Not an argument.
    """

    text: str
    moment: UnixSeconds | None | UnsetType = UNSET
    choice: Literal["a", "b"] | UnsetType = UNSET
    colour: Colour | UnsetType = UNSET
    number: int | float | UnsetType = UNSET
    either: str | Ref | UnsetType = UNSET
    free: Any = UNSET
    mixed: int | str | UnsetType = UNSET
    flags: Sequence[bool] | UnsetType = UNSET
    objects: Sequence[dict[str, Any]] | UnsetType = UNSET
    refs: Refs | UnsetType = UNSET
    bare: list | UnsetType = UNSET  # type: ignore[type-arg]
    compared: Filter[int] = UNSET
    long: Literal["a-rather-long-word", "another-rather-long-word", "a-third-one-to-fill-it"] | UnsetType = UNSET


READ = values.values_of(Odd)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("urgency=high", Condition("urgency", "equals", "high")),
        ("title^=disk full", Condition("title", "begins_with", "disk full")),
        (" title ~= a=b", Condition("title", "contains", "a=b")),
        ("created>=2026-01-01", Condition("created", "gte", "2026-01-01")),
        ("layer<3", Condition("layer", "lt", "3")),
        ("layer<=3", Condition("layer", "lte", "3")),
        ("layer>3", Condition("layer", "gt", "3")),
        ("status!=open", Condition("status", "ne", "open")),
        ("title=", Condition("title", "equals", "")),
    ],
)
def test_comparisons(text: str, expected: Condition) -> None:
    """Each sign is a comparison, whatever stands behind it."""
    assert expected == condition(text)


@pytest.mark.parametrize("text", ["urgency", "=high", "a b=c", "", "1x=2"])
def test_what_is_no_comparison(text: str) -> None:
    """Without a name and a sign it is none."""
    with pytest.raises(CommandError, match="not a comparison"):
        condition(text)


def test_comparisons_reach_the_api(cli: Any, sandbox: Any) -> None:
    """Every sign selects the rows it says, by the API's own filters."""
    rows = [json.loads(line) for line in cli("alerts", "list", "--all", "--sandbox").out.splitlines()]
    middle = sorted(row["created"] for row in rows)[len(rows) // 2]
    for sign, holds in {
        f"created>{middle}": lambda row: row["created"] > middle,
        f"created<={middle}": lambda row: row["created"] <= middle,
        "urgency=high": lambda row: row["urgency"] == "high",
        "urgency!=high": lambda row: row["urgency"] != "high",
        "title^=Disk": lambda row: row["title"].startswith("Disk"),
        "title~=latency": lambda row: "latency" in row["title"],
        "tinyId<5": lambda row: row["tinyId"] < 5,
        "tiny_id>=5": lambda row: row["tinyId"] >= 5,
    }.items():
        found = cli("alerts", "list", "--all", "--sandbox", "--filter", sign)
        assert [row["id"] for row in rows if holds(row)] == [
            json.loads(line)["id"] for line in found.out.splitlines()
        ], found.err


def test_several_comparisons_and_an_order(cli: Any, sandbox: Any) -> None:
    """Filters add up, and ``--sort`` orders."""
    result = cli(
        "alerts",
        "list",
        "--sandbox",
        "--filter",
        "urgency=high",
        "--status",
        "archived",
        "--sort",
        "-created_at",
        "--fields",
        "created_at,urgency,status",
        "-o",
        "csv",
    )
    rows = [line.split(",") for line in result.out.splitlines()[1:]]
    assert rows == sorted(rows, reverse=True)
    assert {("high", "archived")} == {(row[1], row[2]) for row in rows}


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("text", "x", "x"),
        ("moment", "2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("moment", "2026-03-01T09:30+01:00", datetime.fromisoformat("2026-03-01T09:30+01:00")),
        ("moment", "1524787370", datetime(2018, 4, 27, 0, 2, 50, tzinfo=UTC)),
        ("choice", "a", "a"),
        ("colour", "green", "green"),
        ("number", "3", 3),
        ("number", "-3.5", -3.5),
        ("either", "x", "x"),
        ("free", '{"a": 1}', {"a": 1}),
        ("free", "plain", "plain"),
        ("mixed", "3", 3),
        ("flags", ["yes", "FALSE"], [True, False]),
        ("objects", ['{"a": 1}', '{"b": 2}'], [{"a": 1}, {"b": 2}]),
        ("objects", ['[{"a": 1}, {"b": 2}]'], [{"a": 1}, {"b": 2}]),
        ("objects", ['{"a": 1}'], [{"a": 1}]),
        ("objects", '{"a": 1}', [{"a": 1}]),
        ("refs", ["a", "b"], ["a", "b"]),
        ("bare", ["x", "3"], ["x", 3]),
        ("compared", "3", 3),
    ],
)
def test_values(name: str, text: Any, expected: Any) -> None:
    """A text becomes what its parameter wants."""
    assert expected == READ[name].of("--x", text)


def test_now_is_a_moment() -> None:
    """``now`` stands for this second."""
    assert abs((READ["moment"].of("--x", "now") - datetime.now(UTC)).total_seconds()) < 2


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        ("moment", "99999999999999999999", "not a time"),
        ("choice", "c", "'c' is none of a, b"),
        ("number", "x", "not a number: 'x'"),
        ("compared", "x", "not a whole number: 'x'"),
        ("flags", ["maybe"], "neither true nor false: 'maybe'"),
        ("objects", ["{"], "not JSON: '{'"),
        ("free", "@/none", "cannot be read: /none: No such file or directory"),
    ],
)
def test_what_is_no_value(name: str, text: Any, error: str) -> None:
    """What cannot be such a value is refused with the option's name."""
    with pytest.raises(CommandError, match=f"--x: {error}"):
        READ[name].of("--x", text)


def test_json_from_a_file_and_from_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``@FILE`` and ``@-`` stand for what they hold."""
    (tmp_path / "x.json").write_text('{"a": 1}')
    monkeypatch.setattr(sys, "stdin", io.StringIO("[2]"))
    assert ({"a": 1}, [2]) == (values.json(f"@{tmp_path / 'x.json'}"), values.json("@-"))


def test_what_the_help_says_of_values() -> None:
    """The help shows what is wanted."""
    shown = {name: (value.metavar, value.many, value.choices) for name, value in READ.items()}
    assert ("a|b", False, ("a", "b")) == shown["choice"]
    assert ("CHOICE", ("a-rather-long-word", "another-rather-long-word", "a-third-one-to-fill-it")) == (
        shown["long"][0],
        shown["long"][2],
    )
    assert ("red", False, ("red",)) == shown["colour"]
    assert ("TIME", "NUMBER", "VALUE", "ID") == (
        shown["moment"][0],
        shown["number"][0],
        shown["mixed"][0],
        shown["refs"][0],
    )


def test_help_from_docstrings() -> None:
    """Descriptions are those of the docstring, over several lines, without its markup."""
    told = docs.arguments(Odd)
    assert ("A text, of Page over two lines.", "A moment.") == (told["text"], told["moment"])
    assert ("", "") == (docs.summary(None.__class__.__doc__ or ""), docs.source(Odd)) or docs.source(Odd) == ""


def test_a_resource_that_is_not_in_the_file(cli: Any, sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource that the kept shapes do not have yet is described by the endpoint table itself."""
    monkeypatch.setattr(resources, "known", lambda api: {})
    assert "acknowledge" in resources.entries("v3", "alerts")
    assert 0 == cli("teams", "list", "--sandbox").code


def test_the_kept_shapes_can_be_written_anew(tmp_path: Path) -> None:
    """Run as a module, the description writes its file."""
    subprocess.run([sys.executable, "-m", "pagertree_async.cli.describe", str(tmp_path / "known.json")], check=True)
    assert shapes.KNOWN.read_text("utf-8") == (tmp_path / "known.json").read_text("utf-8")


def test_null_is_sent(cli: Any, sandbox: Any) -> None:
    """``--null`` sets an attribute to null."""
    team = cli("teams", "list", "--limit", "1", "--fields", "id", "-o", "csv", "--sandbox").out.split()[1]
    dry = cli("teams", "update", team, "--null", "router-id", "--sandbox", "--dry-run")
    assert {"router_id": None} == json.loads(dry.out.partition("\n\n")[2])


def test_switches(cli: Any, sandbox: Any) -> None:
    """A yes-or-no parameter is a switch with its opposite."""
    integration = cli("integrations", "list", "--limit", "1", "--fields", "id", "-o", "csv", "--sandbox").out.split()[1]
    assert (
        "false\n"
        == cli(
            "integrations", "update", integration, "--no-enabled", "--sandbox", "-o", "csv", "--fields", "enabled"
        ).out.partition("\n")[2]
    )
    every = cli("integrations", "list", "--sandbox", "--enabled", "--all").out.splitlines()
    assert integration not in [json.loads(line)["id"] for line in every]


def test_ensure_tells_what_happened(cli: Any, sandbox: Any) -> None:
    """``ensure`` prints the object, and says whether it was created, changed or left."""

    def ensured(*more: str) -> str:
        return str(cli("teams", "ensure", "--by", "name", "--name", "SRE", *more, "--sandbox").err.partition(": ")[2])

    assert ["created\n", "left\n", "changed description\n"] == [ensured(), ensured(), ensured("--description", "x")]


def test_trigger(cli: Any, sandbox: Any) -> None:
    """An alert in one line, for teams by name or id."""
    teams = [
        line.split(",")
        for line in cli("teams", "list", "--fields", "id,name", "-o", "csv", "--sandbox").out.splitlines()[1:]
    ]
    result = cli("trigger", "disk full", "--team", teams[0][1], "--team", teams[1][0], "--urgency", "low", "--sandbox")
    alert = json.loads(result.out)
    assert ("disk full", "low", [teams[0][0], teams[1][0]]) == (
        alert["title"],
        alert["urgency"],
        alert["destination_ids"],
    )
    dry = cli("trigger", "disk full", "--team", teams[0][1], "--description", "soon", "--sandbox", "--dry-run")
    assert ["GET", "POST"] == [line.split()[0] for line in dry.out.splitlines() if "https://" in line]
    assert "THE-ID-OF-THE-TEAM" in dry.out


def test_api(cli: Any, sandbox: Any) -> None:
    """Any request, with values for the address or for the body."""
    assert 1 == len(json.loads(cli("api", "get", "/alert", "-f", "limit=1", "--sandbox").out)["data"])
    made = json.loads(cli("api", "POST", "/team", "-f", "name=SRE", "--sandbox").out)
    assert "SRE" == made["name"]
    changed = cli("api", "PUT", f"/team/{made['id']}", "--json", '{"description": "x"}', "--sandbox", terminal=True)
    assert '\n  "description": "x"' in changed.out
    gone = cli("api", "DELETE", f"/team/{made['id']}", "--yes", "--sandbox", terminal=True)
    assert (0, "") == (gone.code, gone.out)
    assert 5 == cli("api", "POST", "/team", "--sandbox").code


def test_api_prints_what_is_not_json(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that is no JSON is printed as it is."""
    on(monkeypatch, Answers(b"plain"))
    assert "plain\n" == cli("api", "GET", "/x", "--sandbox", terminal=True).out


@pytest.mark.parametrize("arguments", [(), ("alerts",)])
def test_a_group_alone_shows_its_help(arguments: tuple[str, ...], cli: Any) -> None:
    """Without a command the commands are shown."""
    assert cli(*arguments) == cli(*arguments, "--help")
    assert "Usage: pagertree-async" in cli(*arguments).out


def test_the_resources_have_sections(cli: Any) -> None:
    """The first page of help has the jobs first and the resources below."""
    result = cli("--help")
    assert (
        result.out.index("Start here:")
        < result.out.index("export ")
        < result.out.index("Resources:")
        < result.out.index("alerts ")
    )


def test_retrieve_is_show(cli: Any, sandbox: Any) -> None:
    """The API's own word works as well, without being shown."""
    team = cli("teams", "list", "--limit", "1", "--fields", "id", "-o", "csv", "--sandbox").out.split()[1]
    assert cli("teams", "show", team, "--sandbox") == cli("teams", "retrieve", team, "--sandbox")
    assert "retrieve" not in cli("teams", "--help").out


def test_completion_of_words() -> None:
    """Words are completed by their beginning."""
    assert ["table"] == options.completion(("table", "json"))("t")


def test_the_version(cli: Any) -> None:
    """``--version`` tells it."""
    from pagertree_async import __version__

    assert (0, f"pagertree-async {__version__}\n", "") == cli("--version")


def test_the_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """The installed command ends the process with the command's code."""
    monkeypatch.setattr(sys, "argv", ["pagertree-async", "nonsense"])
    monkeypatch.setattr(sys, "stderr", Stream())
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert 2 == ended.value.code


@pytest.mark.parametrize("module", ["typer", "typer.core"])
def test_the_entry_point_without_the_extra(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without typer one line says what to install."""
    said = Stream()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.delitem(sys.modules, "pagertree_async.cli.app")
    monkeypatch.delattr("pagertree_async.cli.app")
    monkeypatch.setitem(sys.modules, module, None)
    for name in [name for name in sys.modules if name.startswith("pagertree_async.cli.commands")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert (2, "error: the command line is not installed\nhint: pip install 'pagertree-async[cli]'\n") == (
        ended.value.code,
        said.getvalue(),
    )


def test_the_entry_point_hides_no_fault_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is missing for another reason is not taken for the extra."""
    monkeypatch.delattr("pagertree_async.cli.app")
    monkeypatch.setitem(sys.modules, "pagertree_async.cli.app", None)
    with pytest.raises(ModuleNotFoundError):
        entry.main()


def test_python_dash_m() -> None:
    """``python -m pagertree_async`` is the same command; it loads nothing that its help does not need."""
    code = "import sys; sys.argv[1:] = ['alerts', 'list', '--help']; from pagertree_async.cli.app import run; run(sys.argv[1:]); print(sorted({'rich', 'httpx', 'msgspec', 'anyio', 'starlette', 'uvicorn', 'pydantic', 'platformdirs'} & sys.modules.keys()), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ("[]\n", True) == (done.stderr, done.stdout.startswith("Usage: pagertree-async alerts list"))
    asked = subprocess.run(
        [sys.executable, "-m", "pagertree_async", "--version"], capture_output=True, text=True, check=True
    )
    assert asked.stdout.startswith("pagertree-async ")


def test_the_help_of_everything_is_quick(cli: Any) -> None:
    """Looking at every command's help, one after the other, takes no client."""
    for name in connect.services():
        assert 0 == cli(name, "--help").code


def test_unknown_models_have_columns_all_the_same() -> None:
    """The columns of a table are attributes that its objects have."""
    from pagertree_async.cli.output import columns

    assert ("id", "name", "created_at") == columns(Team)
    assert msgspec.structs.fields(Team)
