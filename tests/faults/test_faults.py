"""Every fault of the list, on every transport, in every mode, through a whole client."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults import table
from tests.faults.behaviours import fine
from tests.faults.case import Case
from tests.faults.playing import proved, warm
from tests.faults.table import Fault
from tests.faults.watch import Leaks
from tests.faults.ways import WAYS, Way
from tests.rawserver import Certificates

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

ROWS = [(way, fault) for way in WAYS for fault in table.played() if way.transport not in fault.cannot]


def case(fault: Fault, way: Way, certificates: Certificates) -> Case:
    """A row as it is on a way."""
    return Case(fault.seen_by(way.transport), way, certificates)


@pytest.fixture(scope="module")
def warmed(certificates: Certificates) -> Any:
    """Makes a way ready, once."""
    done: set[str] = set()

    def make_ready(way: Way) -> None:
        pytest.importorskip(way.shipped.library, reason=f"{way.shipped.library} is not installed")
        if str(way) not in done:
            done.add(str(way))
            first = Case(Fault(name="none", covers="", behaviour=["fine"]), way, certificates)
            assert fine is first.server().behaviours[0]
            warm(first)

    return make_ready


@pytest.fixture(scope="module")
def together(certificates: Certificates) -> Any:
    """Plays the rows of a way that hang side by side, once, and tells how one of them ended."""
    ended: dict[tuple[str, str], BaseException | None] = {}

    def how(way: Way, fault: Fault) -> BaseException | None:
        if (str(way), fault.name) not in ended:
            hanging = [each for number, each in ROWS if number == way and each.hangs]
            failures = proved([case(each, way, certificates) for each in hanging])
            for each, failure in zip(hanging, failures, strict=True):
                ended[str(way), each.name] = failure
        return ended[str(way), fault.name]

    return how


@pytest.mark.parametrize(("way", "fault"), [pytest.param(*row, id=f"{row[0]}-{row[1].name}") for row in ROWS])
def test_fault(way: Way, fault: Fault, certificates: Certificates, leaks: Leaks, warmed: Any, together: Any) -> None:
    """The call ends in time with what the row says, nothing is left behind, no secret shows, and the client works."""
    warmed(way)
    before = leaks.seen
    failure = together(way, fault) if fault.hangs else proved([case(fault, way, certificates)])[0]
    if failure is not None:
        raise failure
    assert [] == leaks.found
    assert fault.hangs or leaks.seen > before, "nothing was logged, so that nothing was proved about the log"
