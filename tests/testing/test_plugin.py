"""The plugin in the project of somebody who uses this package: what its fixtures do, and that it is not in the way."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

import pagertree_async
from pagertree_async.testing import plugin

pytest_plugins = ("pytester",)

ROOT = Path(pagertree_async.__file__).parents[1]
HEAVY = ("httpx", "httpcore", "starlette", "anyio", "msgspec", "tenacity", "sqlite3", "ssl", "unittest.mock")
"""What importing this plugin must not import."""


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """An empty project in whose environment the package is installed, with the entry points that pyproject.toml has."""
    entry_points = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    installed = pytester.path / "site" / "pagertree_async-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: pagertree-async\nVersion: 0\n")
    lines = [f"{name} = {value}" for name, value in entry_points.items()]
    (installed / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(installed.parent), str(ROOT)]))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider -p no:asyncio -W error --strict-markers")
    monkeypatch.setenv("COLUMNS", "200")
    return pytester


def run(project: pytest.Pytester, source: str, *arguments: str, **outcomes: int) -> pytest.RunResult:
    """Run a file of tests as its writer would, and see how they ended."""
    project.makepyfile(test_it=source)
    result = project.runpytest_subprocess(*arguments, timeout=120)
    result.assert_outcomes(**outcomes)
    return result


def example() -> str:
    """The file of tests that the plugin's documentation shows."""
    text = (plugin.__doc__ or "").partition("runs as it is::\n")[2]
    return re.sub("(?m)^    ", "", text)


def test_the_example_runs(project: pytest.Pytester) -> None:
    """What the documentation shows passes as it stands, without an account, a network, or a wait."""
    run(project, example(), passed=3)


def test_what_the_readme_shows_runs(project: pytest.Pytester) -> None:
    """The README's block of tests passes as it stands."""
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    [shown] = [block for block in blocks if "\ndef test_" in block]
    run(project, shown, passed=2)


def test_it_is_not_in_the_way(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that has nothing to do with it does not notice: nothing is imported, and nothing printed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # other people's plugins import what they like
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider -W error")
    source = f"""
        import sys

        def test_what_was_imported():
            print("with" if "pagertree_async.testing.plugin" in sys.modules else "without")
            print("imported:", *[name for name in {HEAVY!r} if name in sys.modules])
    """
    with_it = run(project, source, "-q", "-s", "-p", "pagertree_async.testing.plugin", passed=1)
    without = run(project, source, "-q", "-s", passed=1)
    assert ["with", "without"] == [with_it.outlines[0], without.outlines[0]]
    assert without.outlines[1] == with_it.outlines[1]
    assert "pagertree" not in "\n".join(with_it.outlines)
    assert [] == with_it.errlines


def test_every_name_is_its_own(project: pytest.Pytester) -> None:
    """Fixtures, option and marker carry the package's name, and have a line of help each."""
    fixtures = [name for name, value in vars(plugin).items() if type(value).__name__ == "FixtureFunctionDefinition"]
    assert 13 == len(fixtures)
    assert {True} == {name.startswith("pagertree_") for name in fixtures}
    assert set() == {name for name in fixtures if f"``{name}``" not in (plugin.__doc__ or "")}
    shown = project.runpytest_subprocess("--fixtures", "--markers", timeout=120).stdout.str()
    assert "@pytest.mark.pagertree(**settings): what the account" in shown
    listed = project.runpytest_subprocess("--fixtures", timeout=120).stdout.str()
    assert set() == {name for name in fixtures if name not in listed}
    assert "--pagertree-record={none,once,new,all}" in project.runpytest_subprocess("--help").stdout.str()


def test_it_can_be_turned_off(project: pytest.Pytester) -> None:
    """Like any plugin, by its name."""
    result = run(project, "def test_it(pagertree_clock): pass", "-p", "no:pagertree_async", errors=1)
    result.stdout.fnmatch_lines(["*fixture 'pagertree_clock' not found*"])


def test_clients_of_every_kind(project: pytest.Pytester) -> None:
    """Each client reaches the same account, by its own version of the API, and shares faults and log with the rest."""
    source = """
        import anyio, pytest
        from pagertree_async import AsyncPagerTree
        from pagertree_async.v4 import Events

        def test_blocking(pagertree_client, pagertree_v4_client, pagertree_requests):
            assert pagertree_client.teams.list().count() == pagertree_v4_client.teams.list().count() == 4
            assert ["/team", "/api/v4/teams"] == [sent.path for sent in pagertree_requests]

        @pytest.mark.parametrize("backend", ["asyncio", "trio"])
        def test_async(backend, pagertree_async_client, pagertree_v4_async_client, pagertree_faults, pagertree_requests):
            async def scenario():
                pagertree_faults.answer(503, times=2)
                async with pagertree_async_client as client:
                    assert 4 == await client.teams.list().count()
                assert 4 == await pagertree_v4_async_client.teams.list().count()

            anyio.run(scenario, backend=backend)
            assert [503, 503, 200, 200] == [sent.status for sent in pagertree_requests]

        def test_of_ones_own(pagertree_v4_client, pagertree_transport, pagertree_sandbox):
            integration = pagertree_v4_client.integrations.list(limit=1).first().data[0]
            before = pagertree_sandbox.count("v4.alerts")
            with Events(integration, base_url="https://pagertree.test", transport=pagertree_transport) as events:
                events.create(dedup_key="disk-7", title="disk full")
            assert before + 1 == pagertree_sandbox.count("v4.alerts")

        def test_of_ones_own_that_is_awaited(pagertree_async_transport, pagertree_sandbox):
            async def scenario():
                base_url = "https://pagertree.test"
                async with AsyncPagerTree(pagertree_sandbox.token(), base_url=base_url, transport=pagertree_async_transport) as client:
                    assert 4 == await client.teams.list().count()
            anyio.run(scenario)

        def test_one_account_a_test(pagertree_sandbox):
            assert 0 == sum(pagertree_sandbox.requests.values())
    """
    run(project, source, passed=6)


def test_async_tests_of_either_plugin(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The async client is awaited in tests of anyio's plugin and of pytest-asyncio's alike."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider --strict-markers")
    source = """
        import pytest

        pytestmark = pytest.mark.pagertree(alerts=3)

        @pytest.mark.anyio
        @pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
        async def test_anyio(anyio_backend, pagertree_async_client, pagertree_clock, pagertree_faults):
            pagertree_faults.rate_limit(retry_after=20)
            assert 3 == await pagertree_async_client.alerts.list().count()
            assert sum(pagertree_clock.waits) >= 20

        @pytest.mark.asyncio
        async def test_asyncio(pagertree_async_client, pagertree_v4_async_client):
            assert 3 == await pagertree_async_client.alerts.list().count()
            assert 3 == await pagertree_v4_async_client.alerts.list().count()
    """
    arguments = ("-o", "asyncio_mode=strict", "-o", "asyncio_default_fixture_loop_scope=function")
    run(project, source, *arguments, passed=3)


def test_code_that_makes_its_own_clients(project: pytest.Pytester) -> None:
    """Clients that nobody handed in reach the account as well, whatever transport they name, in either version."""
    source = """
        import anyio, os, pytest
        from pagertree_async import AsyncPagerTree, PagerTree, v4

        os.environ["PAGERTREE_TOKEN"] = "from outside"

        @pytest.mark.parametrize("transport", [None, "httpx", "portal:aiohttp"])
        def test_v3(transport, pagertree_environment, pagertree_requests):
            with PagerTree(transport=transport) as client:
                assert 4 == client.teams.list().count()
            async def scenario():
                async with AsyncPagerTree() as client:
                    assert 4 == await client.teams.list().count()
            anyio.run(scenario)
            assert [200, 200] == [sent.status for sent in pagertree_requests.of("GET /team")]

        def test_v4(pagertree_v4_environment, pagertree_requests):
            with v4.PagerTree() as client:
                integration = client.integrations.list(limit=1).first().data[0]
                with v4.Events(integration) as events:
                    events.create(dedup_key="disk-7", title="disk full")
            assert ["disk-7"] == [sent.json["Id"] for sent in pagertree_requests.applied("POST /integration/:id")]

        def test_afterwards():
            assert "from outside" == os.environ["PAGERTREE_TOKEN"]
            assert "PAGERTREE_BASE_URL" not in os.environ
            from pagertree_async import client, transports
            assert client.by_name is transports.by_name
    """
    run(project, source, passed=5)


def test_settings_of_the_account(project: pytest.Pytester) -> None:
    """Markers of the test, its class and its file are put together, the nearest first; a wrong one is told."""
    source = """
        import pytest

        pytestmark = pytest.mark.pagertree(alerts=3, seed=2)

        def test_of_the_file(pagertree_sandbox, pagertree_clock):
            assert 3 == pagertree_sandbox.count("alert")
            pagertree_clock.advance(3600)

        @pytest.mark.pagertree(alerts=5)
        class TestThem:
            @pytest.mark.pagertree(rate=1, burst=1)
            def test_of_the_test(self, pagertree_sandbox, pagertree_client, pagertree_clock):
                assert 5 == pagertree_sandbox.count("alert")
                assert [5, 5, 5] == [pagertree_client.alerts.list().count() for _ in range(3)]
                assert pagertree_clock.waits

        @pytest.mark.pagertree(sedd=2)
        def test_wrong(pagertree_sandbox): pass

        @pytest.mark.pagertree(size=-1)
        def test_too_few(pagertree_sandbox): pass
    """
    result = run(project, source, passed=2, errors=2)
    result.stdout.fnmatch_lines(["*no sandbox can be made with *'sedd': 2*", "*size and alerts must not be negative*"])


def test_a_fault_that_never_happened(project: pytest.Pytester) -> None:
    """A fault with a typing error in it fails the test, in one line; one that was lifted does not."""
    source = """
        def test_typo(pagertree_client, pagertree_faults):
            pagertree_faults.refuse("GET /teams")
            assert 4 == pagertree_client.teams.list().count()

        def test_lifted(pagertree_client, pagertree_faults):
            fault = pagertree_faults.refuse("GET /teams")
            assert 4 == pagertree_client.teams.list().count()
            fault.lift()
    """
    result = run(project, source, passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*faults that happened to no request: [[]<refuse GET /teams: 0 so far>[]]; lift() says*"]
    )


def test_recordings(project: pytest.Pytester) -> None:
    """A recording lies beside its test, is made on demand, and from then on nothing is sent."""
    source = """
        import pytest
        from pagertree_async import PagerTree
        from pagertree_async.sandbox import Sandbox
        from pagertree_async.transports import ASGITransport

        @pytest.mark.parametrize("limit", [1, 2])
        def test_teams(limit, pagertree_recording):
            with Sandbox() as sandbox:
                transport = pagertree_recording.transport(ASGITransport(sandbox.app))
                client = PagerTree(sandbox.token(), transport=transport)
                assert limit == len(client.teams.list(limit=limit).first().data)
                assert (0 if pagertree_recording.mode == "none" else 1) == sum(sandbox.requests.values())
    """
    refused = run(project, source, failed=2)
    refused.stdout.fnmatch_lines(
        ["*NotRecordedError: GET https://api.pagertree.com/team?limit=1 was not recorded in *"]
    )
    run(project, source, "--pagertree-record=once", passed=2)
    files = sorted(path.relative_to(project.path).as_posix() for path in project.path.rglob("cassettes/**/*.json"))
    assert ["cassettes/test_it/test_teams-1.json", "cassettes/test_it/test_teams-2.json"] == files
    run(project, source, passed=2)
    assert 0 != project.runpytest_subprocess("--pagertree-record=always", timeout=120).ret


def test_what_is_not_installed_is_told_when_it_is_wanted(project: pytest.Pytester) -> None:
    """Without the sandbox's libraries tests run as ever; the fixture that lacks one says what to install."""
    project.makeconftest(
        """
        import sys

        sys.modules["starlette"] = None
        sys.modules["starlette.applications"] = None
    """
    )
    source = """
        def test_it(): pass
        def test_clock(pagertree_clock): pass
        def test_account(pagertree_client): pass
    """
    result = run(project, source, passed=2, errors=1)
    result.stdout.fnmatch_lines(
        ["*ConfigurationError: the sandbox needs starlette*pip install 'pagertree-async[[]testing[]]'*"]
    )
