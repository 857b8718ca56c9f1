"""The past of a made-up account ends when it is told to, and depends on nothing else than that and its seed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pagertree_async.cli.connect import Target
from pagertree_async.cli.made_up import DAY, duty_sandboxed, ends, sandboxed
from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.sandbox.pagerduty.seed import EPOCH as DUTYS
from pagertree_async.sandbox.v3.words import EPOCH

LATER = EPOCH + 500 * DAY + 4_321
KINDS: dict[str, Callable[..., Any]] = {
    "v3": lambda **more: Sandbox(size=300, **more),
    "v4": lambda **more: Sandbox(size=300, **more),
    "pagerduty": PagerDutySandbox,
}
WHERE = {"v3": ("alert", "createdAt"), "v4": ("v4_alerts", "created_at"), "pagerduty": ("incidents", "created_at")}


def happened(api: str, **more: Any) -> list[float]:
    """When the things of the past happened, in unix seconds."""
    table, attribute = WHERE[api]
    with KINDS[api](**more) as sandbox:
        if api == "v4":
            sandbox.count("v4.alerts")  # which is made when it is first asked for
        return [datetime.fromisoformat(row[attribute]).timestamp() for row in sandbox._store.all(table)]


@pytest.mark.parametrize("api", WHERE)
def test_the_past_ends_when_it_is_to(api: str) -> None:
    """The newest is some days old at the most, and nothing is of the future; nothing is of today's clock."""
    found = happened(api, ends=LATER)
    assert (True, True) == (max(found) <= LATER, max(found) > LATER - 8 * DAY)
    assert found == happened(api, ends=LATER)


@pytest.mark.parametrize("api", WHERE)
def test_it_is_moved_whole(api: str) -> None:
    """The same seed has the same happen, only later."""
    usual = DUTYS if api == "pagerduty" else EPOCH
    moved = [at - LATER for at in happened(api, ends=LATER)]
    assert moved == pytest.approx([at - usual for at in happened(api)], abs=1.0)


def test_the_way_in_stays_the_same() -> None:
    """Keys, and who is there, do not depend on when the past ends."""
    with Sandbox(size=20) as first, Sandbox(size=20, ends=LATER) as second:
        keys = [(one.v4_api_key, one.api_key, one.password, one._store.count("user")) for one in (first, second)]
    assert keys[0] == keys[1]


def test_an_end_before_the_beginning_is_refused() -> None:
    """The accounts were set up 400 days before the earliest end."""
    for api, usual in (("v3", EPOCH), ("pagerduty", DUTYS)):
        with pytest.raises(ValueError, match="ends must not be before 2026"):
            KINDS[api](ends=usual - 1)


def test_on_the_command_line_it_is_the_last_midnight() -> None:
    """What ``--sandbox`` means ends today, or, where the clock is wrong, at the earliest."""
    noon = datetime(2031, 5, 6, 12, 30, tzinfo=UTC).timestamp()
    midnight = int(datetime(2031, 5, 6, tzinfo=UTC).timestamp())
    assert {"tree": midnight, "duty": midnight} == ends(noon)
    assert {"tree": EPOCH, "duty": DUTYS} == ends(0.0)
    before = ends()
    with sandboxed(Target(size=300)) as tree, duty_sandboxed(Target()) as duty:
        newest = [tree._store.all("alert")[-1]["createdAt"], duty._store.all("incidents")[-1]["created_at"]]
    for at, end in zip(newest, before.values(), strict=True):
        assert abs(datetime.fromisoformat(at).timestamp() - end) < 9 * DAY


def test_an_account_that_is_kept_is_served_as_it_is(tmp_path: Any) -> None:
    """Another end changes nothing of a file that has an account."""
    path = str(tmp_path / "db")
    with Sandbox(path, size=300) as sandbox:
        before = sandbox._store.all("alert")
    with Sandbox(path, size=300, ends=LATER) as sandbox:
        assert before == sandbox._store.all("alert")
        assert max(row["created_at"] for row in sandbox._v4.records().store.all("v4_alerts")) < "2026"
