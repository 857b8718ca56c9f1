"""No version is known outside its own folder, and a resource is a few lines."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET, UnsetType

import pagertree_async
from pagertree_async.calling import Mode as AnyMode
from pagertree_async.cli.describe import described
from pagertree_async.endpoints import Operation, operations
from pagertree_async.export import export
from pagertree_async.http import Request, Response
from pagertree_async.params import Options, Query, Ref
from pagertree_async.query import Filter
from pagertree_async.services import Service, acts, creates, deletes, finds, lists, retrieves, updates
from pagertree_async.v4.models import Resource
from tests.modes import Mode, got
from tests.v4.world import answer, client, page, requests, said

ROOT = Path(pagertree_async.__file__).parent
OWN = ("v3/", "v4/", "sandbox/v3/", "sandbox/v4/", "pagerduty/", "sandbox/pagerduty/")
"""Folders that belong to one API: PagerDuty's events have a v2 and paths with a v3 of their own."""
CHOOSE = {
    "__init__.py",
    "sandbox/server.py",
    "sandbox/__init__.py",
    "cli/connect.py",
    "cli/directions.py",
    "testing/account.py",
    "testing/plugin.py",
}
"""Where one is chosen: by an import, on the command line, by the name of a fixture."""
MODULES = [
    path
    for path in sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
    if not path.startswith(OWN) and path not in CHOOSE
]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_names_no_version(module: str) -> None:
    """Nothing but the versions themselves, and where one is chosen, names one."""
    assert [] == re.findall(r".*(?:\bv[34]\b|/api/v4).*", (ROOT / module).read_text(encoding="utf-8"))


class Widget(Resource, frozen=True):
    """Something that nobody has heard of."""

    name: str | None = None
    colour: str | None = None


class WidgetCreate(Options, kw_only=True):
    """What a widget is made of.

    Args:
        name: What people call it.
        team_ids: The teams that have it.
    """

    name: str
    team_ids: Sequence[Ref] | UnsetType = UNSET


class WidgetUpdate(Options, kw_only=True):
    """What a widget is changed to.

    Args:
        name: What people call it.
    """

    name: str | UnsetType = UNSET


class WidgetQuery(Query, kw_only=True):
    """What widgets can be listed by.

    Args:
        name: Its name.
    """

    name: Filter[str] = UNSET


# The resource begins here.
class Widgets(Service[AnyMode]):
    """What nobody has heard of."""

    name, path = "widgets", "/widgets"
    list = lists(WidgetQuery, Widget)("List widgets.")
    find = finds(WidgetQuery, Widget)("Find the one among the widgets whose attributes equal those given.")
    create = creates(WidgetCreate, Widget)("Create a widget.")
    retrieve = retrieves(Options, Widget)("Get a widget.")
    update = updates(WidgetUpdate, Widget)("Change some attributes of a widget.")
    delete = deletes(Options)("Delete a widget.")
    polish = acts("polish", Options, Widget)("Polish a widget.")


# It ends here.
ROWS = {
    "list": ("GET", "/widgets"),
    "find": ("GET", "/widgets"),
    "create": ("POST", "/widgets"),
    "retrieve": ("GET", "/widgets/:id"),
    "update": ("PUT", "/widgets/:id"),
    "delete": ("DELETE", "/widgets/:id"),
    "polish": ("POST", "/widgets/:id/polish"),
}


def with_widgets(mode: Mode, handler: Any) -> Any:
    """A client that has the resource as well."""
    one = client(mode, handler)
    one.widgets = Widgets(one._session)
    return one


def test_a_resource_is_twelve_lines() -> None:
    """Seven verbs, its name and its path are at most twelve lines, and two more put it on a client."""
    lines = [line for line in inspect.getsource(Widgets).split("\n") if line.strip()]
    assert 7 == len(operations(Widgets))
    assert len(lines) + 2 <= 12


def test_its_rows_of_the_contract_follow() -> None:
    """Method, path and documentation of each verb are data, as those of every other resource."""

    def row(operation: Operation) -> tuple[str, str]:
        return operation.method, Widgets.path + operation.path.replace("{id}", ":id")

    assert ROWS == {operation.verb: row(operation) for operation in operations(Widgets)}
    service = Widgets(client(Mode("blocking"), page())._session)
    for verb in ROWS:
        bound = getattr(service, verb)
        assert (verb, f"Widgets.{verb}") == (bound.__name__, bound.__qualname__)
        assert (inspect.getdoc(bound) or "").split("\n")[0].endswith(".")
        assert "timeout" in inspect.signature(bound).parameters


def test_its_command_line_follows() -> None:
    """Each verb is a command, with an option for each argument."""
    made = described(Widgets)
    commands = {shape.verb: shape for shape in made.shapes}
    assert ("widgets", "What nobody has heard of.") == (made.name, made.about)
    assert set(ROWS) == set(commands)
    assert {"name", "team_ids"} <= {choice.name for choice in commands["create"].options}
    assert ["id"] == [word.name for word in commands["polish"].words]


@pytest.mark.parametrize("name", ["asyncio", "blocking"])
def test_its_export_follows(name: str, tmp_path: Path) -> None:
    """It is exported like every other resource."""
    mode = Mode(name)

    async def scenario() -> None:
        await got(export(with_widgets(mode, page({"id": "W", "colour": "red"})), tmp_path, only=["widgets"]))

    mode.run(scenario)
    assert '{"id": "W", "colour": "red"}\n' == (tmp_path / "widgets.ndjson").read_text(encoding="utf-8")


def test_every_verb_is_called(mode: Mode) -> None:
    """Each verb sends what its row says, awaited and blocking, and many at once come with it."""

    def handler(request: Request) -> Response:
        if request.method == "DELETE":
            return Response(status=204)
        one = {"id": "W", "name": "w"}
        return (
            page(one) if request.method == "GET" and request.url.partition("?")[0].endswith("/widgets") else answer(one)
        )

    async def scenario() -> Any:
        one = with_widgets(mode, handler)
        widgets = one.widgets
        await got(widgets.list().first())
        assert "W" == (await got(widgets.find(name="w"))).id
        await got(widgets.create(name="w", team_ids=["T"]))
        await got(widgets.retrieve("W"))
        await got(widgets.update("W", name="w"))
        await got(widgets.delete("W"))
        (outcome,) = await got(widgets.for_each(["W"], "polish"))
        assert outcome.ok
        return [said(request)[:2] for request in requests(one)]

    assert [(method, "/api/v4" + path.replace(":id", "W")) for method, path in ROWS.values()] == mode.run(scenario)
