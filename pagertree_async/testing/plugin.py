'''Fixtures for pytest: an account in memory, clients that reach it, faults, and a clock. Nothing here opens a socket.

pytest finds this plugin by itself once the package is installed; ``-p no:pagertree_async`` turns it off. It needs
``pip install 'pagertree-async[testing]'``, and says so when a fixture is used that lacks something.

==============================  =======================================================================================
``pagertree_sandbox``           the account: ``Sandbox``, made afresh for each test
``pagertree_client``            a ``PagerTree`` of API v3 that reaches it; ``pagertree_async_client`` for asyncio and trio
``pagertree_v4_client``         the same for API v4; ``pagertree_v4_async_client`` for asyncio and trio
``pagertree_environment``       has every client that the code under test makes for itself reach it, by API v3
``pagertree_v4_environment``    the same by API v4
``pagertree_transport``         the way to it, for a client of one's own; ``pagertree_async_transport`` for async ones
``pagertree_faults``            what goes wrong: ``Faults``
``pagertree_requests``          what was sent: ``RequestLog``
``pagertree_clock``             ``Clock``: waits take no time, and the account's clock goes along
``pagertree_recording``         a ``Recording`` beside the test, named after it; ``--pagertree-record`` says what it does
==============================  =======================================================================================

The account has seven months of history of a made-up company. ``@pytest.mark.pagertree(alerts=0)`` passes settings to
``Sandbox``: ``seed``, ``size``, ``alerts``, ``rate``, ``burst`` and so on. A file of tests that runs as it is::

    import pytest

    from pagertree_async import PagerTree, PagerTreeError


    def page(title):
        """The code under test: it makes its own client, and pages whoever is on call."""
        with PagerTree() as client:
            team = client.teams.find(name="Platform")
            client.alerts.create(title=title, destination_ids=[team])


    @pytest.mark.pagertree(alerts=0)
    def test_a_page_goes_out_once_whatever_happens_to_its_answer(
        pagertree_environment, pagertree_faults, pagertree_sandbox
    ):
        pagertree_faults.lose("POST /alert")
        with pytest.raises(PagerTreeError) as caught:
            page("disk full")
        assert caught.value.maybe_applied
        assert pagertree_sandbox.count("alert") == 1


    def test_a_full_minute_of_rate_limit_takes_no_time(
        pagertree_environment, pagertree_faults, pagertree_clock, pagertree_requests
    ):
        pagertree_faults.rate_limit("POST /alert", retry_after=20)
        page("disk full")
        assert sum(pagertree_clock.waits) >= 20
        assert [sent.status for sent in pagertree_requests.of("POST /alert")] == [429, 201]


    def test_pagertree_is_down(pagertree_environment, pagertree_faults, pagertree_requests):
        with pagertree_faults.refuse(times=None), pytest.raises(PagerTreeError):
            page("disk full")
        assert not pagertree_requests.applied()
'''

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pagertree_async import v4
    from pagertree_async.sandbox import Sandbox
    from pagertree_async.testing.clock import Clock
    from pagertree_async.testing.faults import Faults
    from pagertree_async.testing.log import RequestLog
    from pagertree_async.testing.recording import Recording
    from pagertree_async.testing.watched import AsyncWatchedTransport, WatchedTransport
    from pagertree_async.v3.client import AsyncPagerTree, PagerTree

MARKER = "pagertree(**settings): what the account of the pagertree_ fixtures is like, such as seed=2, alerts=0, rate=5"
VARIABLES = ("TOKEN", "API_KEY", "API_SECRET", "USERNAME", "PASSWORD", "BASE_URL")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option that says what recordings do."""
    parser.getgroup("pagertree").addoption(
        "--pagertree-record",
        choices=("none", "once", "new", "all"),
        default="none",
        help="whether pagertree_recording replays alone (none, the default), records where there is no file (once), "
        "records what is not in the file (new), or records everything anew (all)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker's description, without which ``--strict-markers`` refuses it."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def pagertree_clock() -> Iterator[Clock]:
    """A clock by which clients wait and the account lives; ``advance(seconds)`` moves it."""
    from pagertree_async.testing.clock import Clock

    with Clock().installed() as clock:
        yield clock


@pytest.fixture
def pagertree_sandbox(request: pytest.FixtureRequest, pagertree_clock: Clock) -> Iterator[Sandbox]:
    """An account of this test's own, in memory."""
    from pagertree_async.testing.account import opened

    marks = list(request.node.iter_markers("pagertree"))
    settings: dict[str, Any] = {}
    for mark in reversed(marks):  # the nearest is the first, and has the last word
        settings |= mark.kwargs
    with opened(pagertree_clock, settings) as sandbox:
        yield sandbox


@pytest.fixture
def pagertree_faults(pagertree_clock: Clock) -> Iterator[Faults]:
    """What goes wrong with requests; a fault that happens to none fails the test, unless it was lifted."""
    from pagertree_async.testing.faults import Faults

    faults = Faults(pagertree_clock)
    yield faults
    if faults.unmet:
        pytest.fail(f"faults that happened to no request: {faults.unmet}; lift() says of one that it need not", False)


@pytest.fixture
def pagertree_requests() -> RequestLog:
    """What was sent so far, and what became of it."""
    from pagertree_async.testing.log import RequestLog

    return RequestLog()


@pytest.fixture
def pagertree_transport(
    pagertree_sandbox: Sandbox, pagertree_faults: Faults, pagertree_requests: RequestLog
) -> WatchedTransport:
    """The way into the account for blocking clients."""
    from pagertree_async.testing.account import transport

    return transport(pagertree_sandbox, pagertree_faults, pagertree_requests)


@pytest.fixture
def pagertree_async_transport(
    pagertree_sandbox: Sandbox, pagertree_faults: Faults, pagertree_requests: RequestLog
) -> AsyncWatchedTransport:
    """The way into the account for async clients, under asyncio and trio."""
    from pagertree_async.testing.account import async_transport

    return async_transport(pagertree_sandbox, pagertree_faults, pagertree_requests)


@pytest.fixture
def pagertree_client(
    pagertree_sandbox: Sandbox, pagertree_faults: Faults, pagertree_requests: RequestLog
) -> Iterator[PagerTree]:
    """A blocking client of API v3."""
    from pagertree_async.testing.account import URL, key_pair, transport
    from pagertree_async.v3.client import PagerTree

    way = transport(pagertree_sandbox, pagertree_faults, pagertree_requests)
    with PagerTree(key_pair(pagertree_sandbox), base_url=URL, transport=way) as client:
        yield client


@pytest.fixture
def pagertree_async_client(
    pagertree_sandbox: Sandbox, pagertree_faults: Faults, pagertree_requests: RequestLog
) -> AsyncPagerTree:
    """An async client of API v3, to be awaited in whatever event loop the test runs in; it need not be closed."""
    from pagertree_async.testing.account import URL, async_transport, key_pair
    from pagertree_async.v3.client import AsyncPagerTree

    way = async_transport(pagertree_sandbox, pagertree_faults, pagertree_requests)
    return AsyncPagerTree(key_pair(pagertree_sandbox), base_url=URL, transport=way)


@pytest.fixture
def pagertree_v4_client(
    pagertree_sandbox: Sandbox, pagertree_faults: Faults, pagertree_requests: RequestLog
) -> Iterator[v4.PagerTree]:
    """A blocking client of API v4."""
    from pagertree_async import v4
    from pagertree_async.testing.account import URL, transport

    way = transport(pagertree_sandbox, pagertree_faults, pagertree_requests)
    with v4.PagerTree(pagertree_sandbox.v4_api_key, base_url=URL, transport=way) as client:
        yield client


@pytest.fixture
def pagertree_v4_async_client(
    pagertree_sandbox: Sandbox, pagertree_faults: Faults, pagertree_requests: RequestLog
) -> v4.AsyncPagerTree:
    """An async client of API v4, to be awaited in whatever event loop the test runs in; it need not be closed."""
    from pagertree_async import v4
    from pagertree_async.testing.account import URL, async_transport

    way = async_transport(pagertree_sandbox, pagertree_faults, pagertree_requests)
    return v4.AsyncPagerTree(pagertree_sandbox.v4_api_key, base_url=URL, transport=way)


@pytest.fixture
def pagertree_environment(
    pagertree_sandbox: Sandbox,
    pagertree_faults: Faults,
    pagertree_requests: RequestLog,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Has every client that is made without credentials, address or transport reach the account, by API v3."""
    yield from _surrounded(pagertree_sandbox, pagertree_faults, pagertree_requests, monkeypatch, "v3")


@pytest.fixture
def pagertree_v4_environment(
    pagertree_sandbox: Sandbox,
    pagertree_faults: Faults,
    pagertree_requests: RequestLog,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Has every client that is made without credentials, address or transport reach the account, by API v4."""
    yield from _surrounded(pagertree_sandbox, pagertree_faults, pagertree_requests, monkeypatch, "v4")


def _surrounded(
    sandbox: Sandbox, faults: Faults, log: RequestLog, monkeypatch: pytest.MonkeyPatch, api: str
) -> Iterator[None]:
    from pagertree_async.testing.account import environment, reached_by_all

    for name in VARIABLES:
        monkeypatch.delenv(f"PAGERTREE_{name}", raising=False)
    for name, value in environment(sandbox, api).items():
        monkeypatch.setenv(name, value)
    with reached_by_all(sandbox, faults, log):
        yield


@pytest.fixture
def pagertree_recording(request: pytest.FixtureRequest) -> Iterator[Recording]:
    """A recording in ``cassettes/<file>/<test>.json`` beside the test, written at its end."""
    from pagertree_async.testing.recording import Recording

    name = re.sub(r"[^\w.-]+", "-", request.node.name).strip("-")
    path = request.path.parent / "cassettes" / request.path.stem / f"{name}.json"
    mode: Any = request.config.getoption("--pagertree-record")
    with Recording(path, mode) as recording:
        yield recording
