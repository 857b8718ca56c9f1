"""No version is known outside its own folder, and a resource is a few lines."""

from __future__ import annotations

import difflib
import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import pagertree_async
from pagertree_async.cli.describe import described
from pagertree_async.endpoints import Operation, operations
from pagertree_async.export import export
from pagertree_async.http import Request, Response
from tests.modes import Mode, got
from tests.v4 import widgets
from tests.v4.widgets import Widgets
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
NAMED = r".*(?<![A-Za-z0-9])[vV][34](?![a-z0-9]).*"
"""A line that names a version."""
MODULES = [
    path
    for path in sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))
    if not path.startswith(OWN) and path not in CHOOSE
]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_names_no_version(module: str) -> None:
    """Nothing but the versions themselves, and where one is chosen, names one."""
    assert [] == re.findall(NAMED, (ROOT / module).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text", ["v3", "API v4", "/api/v4/x", "v4_api_key", "OF_V4", "V4OnCall", "pagertree_v3_client"]
)
def test_a_name_of_a_version_is_seen(text: str) -> None:
    """A version is seen in words, paths and names of all styles; an address of the network is none."""
    assert [f"a {text} b"] == re.findall(NAMED, f"none here\na {text} b\nIPv4, uuidv4")


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


PUT_THERE = {
    "from pagertree_async.v4.resources.users import": "from pagertree_async.v4.resources.widgets import Widgets as Widgets",
    "    users: Users[Mode]": "    widgets: Widgets[Mode]",
}
"""What puts the resource on the clients: the line of the services' file that each line goes below."""
USE = """
import sys
from pathlib import Path
import pagertree_async
from pagertree_async.cli.app import run
from pagertree_async.http import Headers, Response
from pagertree_async.transports.memory import MemoryTransport
from pagertree_async.v4 import AsyncPagerTree, PagerTree
from pagertree_async.v4.services import SERVICES, Widgets
assert Path(pagertree_async.__file__).parent == Path(sys.argv[1]), pagertree_async.__file__
assert [Widgets] == [one for one in SERVICES if one.name == "widgets"]
body = b'{"data": [{"id": "W", "name": "w"}], "has_more": false, "total_count": 1}'
def answer(request):
    print(request.method, request.url.partition("?")[0])
    return Response(status=200, headers=Headers([]), body=body if request.method == "GET" else b'{"id": "W"}')
with PagerTree("a-key", base_url="https://api.test", transport=MemoryTransport(answer)) as client:
    assert "w" == client.widgets.find(name="w").name
    assert "W" == client.widgets.polish("W").id
assert "polish" in repr(AsyncPagerTree("a-key").widgets)
sys.exit(run(["widgets", "polish", "W", "--dry-run", "--api", "v4", "--sandbox"]))
"""


def patched(text: str) -> str:
    """The services' file, with the resource put there."""
    lines = text.splitlines(keepends=True)
    for mark, line in PUT_THERE.items():
        place = next(number for number, one in enumerate(lines) if one.startswith(mark))
        lines.insert(place + 1, f"{line}\n")
    return "".join(lines)


def test_a_resource_is_twelve_lines(tmp_path: Path) -> None:
    """Somebody who adds a resource of seven verbs writes twelve lines beside its models, and all clients have it."""
    package = tmp_path / "pagertree_async"
    shutil.copytree(ROOT, package, ignore=shutil.ignore_patterns("__pycache__"))
    services = package / "v4" / "services.py"
    before = services.read_text(encoding="utf-8")
    services.write_text(patched(before), encoding="utf-8")
    shutil.copy(Path(widgets.__file__), package / "v4" / "resources" / "widgets.py")
    written = [
        *(line for line in difflib.ndiff(before.splitlines(), patched(before).splitlines()) if line[0] in "+-"),
        *(line for line in inspect.getsource(widgets).splitlines() if "pagertree_async.services import" in line),
        *(line for line in inspect.getsource(Widgets).splitlines() if line.strip()),
    ]
    assert 7 == len(operations(Widgets))
    assert len(written) <= 12, written
    environ = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    ways: Any = {"env": environ, "cwd": tmp_path, "capture_output": True, "text": True}
    # The file of the commands is not written but made, by the program that a test asks everybody for who changes any.
    subprocess.run([sys.executable, "-m", "pagertree_async.cli.describe"], check=True, **ways)
    used = subprocess.run([sys.executable, "-c", USE, str(package)], check=False, **ways)
    assert (0, "") == (used.returncode, used.stderr)
    sent = [line for line in used.stdout.splitlines() if line.startswith(("GET", "POST"))]
    assert [
        "GET https://api.test/api/v4/widgets",
        "POST https://api.test/api/v4/widgets/W/polish",
        "POST https://sandbox.localhost/api/v4/widgets/W/polish",
    ] == sent


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
        service = one.widgets
        await got(service.list().first())
        assert "W" == (await got(service.find(name="w"))).id
        await got(service.create(name="w", team_ids=["T"]))
        await got(service.retrieve("W"))
        await got(service.update("W", name="w"))
        await got(service.delete("W"))
        (outcome,) = await got(service.for_each(["W"], "polish"))
        assert outcome.ok
        return [said(request)[:2] for request in requests(one)]

    assert [(method, "/api/v4" + path.replace(":id", "W")) for method, path in ROWS.values()] == mode.run(scenario)
