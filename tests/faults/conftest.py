"""What the tests of the faults have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.register_assert_rewrite("tests.faults.case", "tests.faults.playing", "tests.faults.scenarios")

from tests.faults import secrets  # noqa: E402
from tests.faults.watch import Leaks, all_logs  # noqa: E402
from tests.rawserver import Certificates  # noqa: E402


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of our own."""
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def _everything_logged() -> Iterator[Leaks]:
    handler = Leaks(secrets.shows)
    with all_logs(handler):
        yield handler


@pytest.fixture
def leaks(_everything_logged: Leaks) -> Leaks:
    """Everything that is logged meanwhile, at the level of debugging, looked through for secrets."""
    _everything_logged.found.clear()
    return _everything_logged
