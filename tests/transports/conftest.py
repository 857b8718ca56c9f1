"""What the tests of the transports have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.rawserver import Certificates
from tests.transports.drivers import MODES, NETWORK, SHIPPED, Driver, Shipped

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the proxies of the machine that runs the tests out of them."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the modes that a transport does not serve, and expect what its library makes impossible to fail."""
    kept: list[pytest.Item] = []
    for item in items:
        terms = getattr(item, "callspec", None)
        shipped = next((each for each in terms.params.values() if isinstance(each, Shipped)), None) if terms else None
        if shipped is None:
            kept.append(item)
        elif terms.params.get("mode", shipped.modes[0]) in shipped.modes:
            kept.append(item)
            for row, reason in (*shipped.cannot, *shipped.may_not):
                name, _, case = row.partition("[")
                if item.name.startswith(f"{name}[") and item.name.endswith(case):
                    strict = (row, reason) in shipped.cannot
                    item.add_marker(pytest.mark.xfail(reason=f"{shipped.name}: {reason}", strict=strict))
    items[:] = kept


def installed(shipped: Shipped) -> Shipped:
    """The transport, where its library is there; otherwise the test is skipped."""
    pytest.importorskip(shipped.library, reason=f"{shipped.library} is not installed")
    return shipped


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """What the transport runs on."""
    return request.param


@pytest.fixture(params=SHIPPED, ids=lambda shipped: shipped.name)
def shipped(request: pytest.FixtureRequest) -> Shipped:
    """A transport, of those that are shipped."""
    return installed(request.param)


@pytest.fixture(params=NETWORK, ids=lambda shipped: shipped.name)
def network(request: pytest.FixtureRequest) -> Shipped:
    """A transport that speaks over sockets."""
    return installed(request.param)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The event loop of a test that is async."""
    return request.param


@pytest.fixture(params=[each for each in NETWORK if each.name in {"httpx", "aiohttp"}], ids=lambda each: each.name)
def lanes(request: pytest.FixtureRequest) -> Shipped:
    """A transport with connections of its own keeping, of each kind one."""
    return installed(request.param)


@pytest.fixture
def driver(network: Shipped, mode: str, certificates: Certificates) -> Iterator[Driver]:
    """A transport over sockets that trusts the certificates of these tests."""
    with Driver(network, mode, verify=certificates.path) as driver:
        yield driver


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of our own."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def make_driver(network: Shipped, mode: str) -> Iterator[Any]:
    """Makes drivers with options of the test's own, and closes them in the end."""
    made: list[Driver] = []

    def make(**options: Any) -> Driver:
        driver = Driver(network, mode, **options)
        made.append(driver.__enter__())
        return driver

    yield make
    for driver in made:
        driver.__exit__(None, None, None)
