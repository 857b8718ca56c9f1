"""The account that API v4 serves: when it is made, of what, and that it stays."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pagertree_async.sandbox import Sandbox
from tests.sandbox.v4.wires import LISTS, Line
from tests.sandbox.wire import Clock, Wire


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a database file holds of v4, table by table."""
    connection = sqlite3.connect(path)
    try:
        names = [*LISTS, "asked", "replies"]
        return {name: connection.execute(f"SELECT * FROM v4_{name} ORDER BY seq").fetchall() for name in names}
    finally:
        connection.close()


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two accounts of a seed are equal to the byte whatever the clock says; another seed's is another."""
    for name, seed, now in (("a", 7, 1e9), ("b", 7, 2e9), ("c", 8, 1e9)):
        with Sandbox(str(tmp_path / name), seed=seed, size=300, clock=Clock(now)) as sandbox:
            sandbox.count("v4.alerts")
    first, second, other = (contents(tmp_path / name) for name in "abc")
    assert first == second
    assert not {row[1] for row in first["alerts"]} & {row[1] for row in other["alerts"]}


def test_the_account_is_made_when_it_is_first_asked_for(tmp_path: Path) -> None:
    """A sandbox of which nobody asks v4 makes nothing of it; a file remembers how large it is to be."""
    path = tmp_path / "account.db"
    with Sandbox(str(path), alerts=5) as sandbox:
        assert 200 == Wire(sandbox).get("/alert").status
    assert {0} == {len(rows) for rows in contents(path).values()}
    with Sandbox(str(path), alerts=9, seed=4) as sandbox:
        line = Line(sandbox)
        assert (5, 12) == (sandbox.count("v4.alerts"), line.get("/users").json["total_count"])
        key, made = sandbox.v4_api_key, line.made("/schedules", name="mine")
    before = contents(path)
    with Sandbox(str(path)) as sandbox:
        assert (key, made) == (sandbox.v4_api_key, Line(sandbox, key).get(f"/schedules/{made['id']}").json)
    assert before == contents(path)


def test_a_file_from_before_v4_gets_a_small_account(tmp_path: Path) -> None:
    """A file that says nothing of v4 is served all the same."""
    path = tmp_path / "account.db"
    Sandbox(str(path)).close()
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DELETE FROM setting WHERE name = 'v4'")
    connection.close()
    with Sandbox(str(path)) as sandbox:
        assert (0, 4) == (sandbox.count("v4.alerts"), sandbox.count("v4.teams"))


@pytest.mark.parametrize("size", [0, 300, 1000, 5000])
def test_the_size_is_about_what_was_asked(size: int) -> None:
    """There are about as many objects as asked for, and never fewer than an account needs."""
    with Sandbox(size=size) as sandbox:
        found = sum(sandbox.count(f"v4.{name}") for name in LISTS)
        assert max(size, 90) == pytest.approx(found, rel=0.1)


def test_the_number_of_alerts_is_exact() -> None:
    """As many alerts as asked for; beyond ten thousand the oldest have no logs any more."""
    with Sandbox(alerts=10_200) as sandbox:
        line = Line(sandbox)
        assert 10_200 == sandbox.count("v4.alerts")
        oldest, newest = line.first("alerts"), line.get("/alerts", offset=10_199).json["data"][0]
        assert (None, []) == (oldest["source_log_id"], line.logged(oldest))
        assert ["Alert created"] == line.logged(newest)


def test_starting_takes_no_longer_for_it() -> None:
    """Nothing is made at the start, and a thousand objects within a moment."""
    with Sandbox() as sandbox:
        begin = time.perf_counter()
        sandbox.count("v4.alerts")
        assert 0.5 > time.perf_counter() - begin


def test_the_account_looks_real(big_line: Line) -> None:
    """Ids are in order of time, every state comes up, and what points somewhere points to something."""
    for name in LISTS:
        items = big_line.everything(f"/{name}")
        assert list(range(1, len(items) + 1)) == [item["tiny_id"] for item in items]
        assert items == sorted(items, key=lambda item: item["id"][:10])
        assert [item["created_at"] for item in items] == sorted(item["created_at"] for item in items)
        assert all(item["created_at"] <= item["updated_at"] for item in items)
        assert 1 == len({item["account_id"] for item in items})
    alerts = big_line.everything("/alerts")
    states = {"queued", "open", "acknowledged", "resolved", "dropped", "suppressed"}
    assert states == {alert["status"] for alert in alerts}
    assert {"Integration"} == {alert["source_type"] for alert in alerts}
    assert any(alert["meta"]["incident"] for alert in alerts)
    logs = {log["id"]: log for log in big_line.everything("/logs")}
    assert all(alert["id"] == logs[alert["source_log_id"]]["owner_id"] for alert in alerts)
    for team in big_line.everything("/teams"):
        assert [team["id"]] == big_line.get(f"/escalation_policies/{team['escalation_policy_id']}").json["team_ids"]
        assert 200 == big_line.get(f"/schedules/{team['schedule_id']}").status
        assert set(team["admin_account_user_ids"]) <= set(team["member_account_user_ids"])
        assert [] != big_line.get(f"/teams/{team['id']}/current_oncall").json
    for person in big_line.everything("/account_users"):
        user = big_line.get(f"/users/{person['user']['id']}").json
        assert {name: user[name] for name in person["user"]} == person["user"]
    kept = big_line.everything("/comments")
    said = [
        one
        for name in ("alerts", "broadcasts")
        for item in big_line.everything(f"/{name}")
        for one in big_line.everything(f"/{name}/{item['id']}/comments")
    ]
    assert sorted(one["id"] for one in kept) == sorted(one["id"] for one in said)


def test_counting_knows_the_names(big_line: Line) -> None:
    """A resource of v4 is counted under its own name, and an unknown one is an error."""
    assert big_line.get("/users").json["total_count"] == big_line.sandbox.count("v4.users")
    for name in ("v4.nothing", "v4.", "v5.users", "v4.user"):
        with pytest.raises(KeyError):
            big_line.sandbox.count(name)


def test_threads_may_call_at_the_same_time() -> None:
    """Eight threads, all of them first: the account is made once, and nothing is lost."""
    with Sandbox(size=0) as sandbox:
        line, start = Line(sandbox), threading.Barrier(8)

        def work(number: int) -> list[int]:
            start.wait()
            return [line.post("/schedules", {"name": f"{number}/{step}"}).status for step in range(10)]

        with ThreadPoolExecutor(8) as pool:
            statuses = [status for found in pool.map(work, range(8)) for status in found]
        assert [201] * 80 == statuses
        assert (84, 84) == (
            sandbox.count("v4.schedules"),
            len({one["tiny_id"] for one in line.everything("/schedules")}),
        )
