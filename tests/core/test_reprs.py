"""What results of many things look like: one line each, that says what came of it."""

from __future__ import annotations

import json
from pathlib import Path

from pagertree_async.ensure import Ensured
from pagertree_async.errors import NotFoundError
from pagertree_async.export import Report
from pagertree_async.export.report import Exported
from pagertree_async.many import Outcome
from pagertree_async.models import reader
from pagertree_async.v3.resources.alerts import Alert

LONG = "disk full\n" * 90


def alert() -> Alert:
    """An alert with long texts."""
    return reader(Alert)(json.dumps({"id": "alt_1", "title": LONG}).encode())


def test_an_outcome_is_a_line() -> None:
    """The id, and the result or the error with its words, cut where it is long."""
    good, bad = Outcome("alt_1", alert()), Outcome[None]("alt_2", error=NotFoundError(404))
    assert repr(good).startswith("<Outcome alt_1: Alert(id='alt_1', title='disk full")
    assert repr(bad).startswith("<Outcome alt_2: NotFoundError: 404 not found")
    for shown in (repr(good), repr(bad)):
        assert (True, False) == (len(shown) < 200, "\n" in shown)
    assert "<Outcome alt_3: None>" == repr(Outcome[None]("alt_3"))


def test_what_was_ensured_is_a_line() -> None:
    """What happened, to which attributes, and to what."""
    left, changed = Ensured(alert(), "left"), Ensured(alert(), "changed", ("title", "urgency"))
    assert repr(left).startswith("<Ensured left: Alert(id='alt_1'")
    assert repr(changed).startswith("<Ensured changed title, urgency: Alert(id='alt_1'")
    assert (True, False) == (len(repr(changed)) < 220, "\n" in repr(changed))


def test_a_report_is_a_line() -> None:
    """Sums, and not every file."""
    one = Exported(resource="alerts", path=Path("alerts.ndjson"), rows=1_200, pages=12, bytes=9_000, seconds=0.5)
    report = Report(resources=(one, one), seconds=1.25)
    assert "<Report of 2 resources: 2,400 rows, 24 pages, 18,000 bytes, 0 warnings, 1.2 s>" == repr(report)
