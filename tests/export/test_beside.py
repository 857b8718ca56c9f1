"""What an export does beside reading: checkpoints that hold nothing up, lists it is not let at, what it tells."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from pagertree_async import ConfigurationError, Hooks, InvalidArgumentError
from pagertree_async.export import ExportError, ExportStateError, export, lock, run, table
from pagertree_async.export.linefile import FileSink
from pagertree_async.sandbox import Sandbox
from tests.export.lists import START, List, Query, exported, ids, rows, written
from tests.modes import Mode, got


class Lists:
    """Several lists by their paths; the rest answers with a status.

    Args:
        served: The lists.
        status: The status.
    """

    def __init__(self, served: dict[str, List], status: int) -> None:
        self.served, self.status = served, status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] in self.served:
            await self.served[scope["path"]](scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("status", [403, 404, 405])
def test_lists_that_are_not_for_us_are_left_out(status: int, mode: Mode, tmp_path: Path) -> None:
    """The others are exported; which were left out, and why, is told, and nothing is left of them."""
    served = Lists({"/alert": List(rows(250)), "/team": List(rows(5))}, status)
    report = exported(served, tmp_path, mode.name, only=None)
    assert ["alerts", "teams"] == [one.resource for one in report.resources]
    assert (
        "automations broadcasts events incidents integrations".split() == [one.resource for one in report.refused][:5]
    )
    assert 11 == len(report.refused) == len(report.warnings)
    assert report.warnings[0].startswith(f"automations was left out: GET /automation: {status} ")
    assert ["alerts.ndjson", "teams.ndjson"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_list_that_was_named_cannot_be_left_out(mode: Mode, tmp_path: Path) -> None:
    """The others are read to their end, then it is a failure; when it is let at, only that one is read."""
    alerts = List(rows(250))
    with pytest.raises(ExportError, match="logs could not be exported: GET /log: 403") as caught:
        exported(Lists({"/alert": alerts}, 403), tmp_path, mode.name, only=["logs", "alerts"])
    assert ["alerts"] == [one.resource for one in caught.value.report.resources]
    asked = len(alerts.asked)
    report = exported(
        Lists({"/alert": alerts, "/log": List(rows(3))}, 403), tmp_path, mode.name, only=["logs", "alerts"]
    )
    assert (253, asked) == (report.rows, len(alerts.asked))


def test_nothing_to_be_let_at(mode: Mode, tmp_path: Path) -> None:
    """Where all lists are forbidden, that is a failure."""
    with pytest.raises(ExportError, match="alerts could not be exported: GET /alert: 403"):
        exported(Lists({}, 403), tmp_path, mode.name, only=None)
    assert [] == list(tmp_path.iterdir())


def test_forbidden_in_the_middle(mode: Mode, tmp_path: Path) -> None:
    """A list of which there are rows is not left out: that it is forbidden now is a failure, and it can be gone on with."""
    served = List(rows(950))
    served.before = lambda query: 403 if len(served.asked) > 6 else None
    with pytest.raises(ExportError, match="alerts could not be exported: GET /alert: 403"):
        exported(Lists({"/alert": served, "/team": List(rows(3))}, 404), tmp_path, mode.name, only=None, at_once=1)
    served.before = lambda query: None
    report = exported(Lists({"/alert": served, "/team": List(rows(3))}, 404), tmp_path, mode.name, only=None)
    assert (ids(served.rows), 953) == (ids(written(tmp_path)), report.rows)


@pytest.mark.parametrize("at_once", [1, 4])
def test_pages_are_taken_while_a_checkpoint_is_brought_to_the_disk(
    at_once: int, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other pages come while the disk takes its time; where there is an event loop, it is not held up."""
    served = List(rows(4000))
    main = threading.get_ident()
    begun, enough = threading.Event(), threading.Event()
    fsync, asked = os.fsync, [0]

    async def app(scope: Any, receive: Any, send: Any) -> None:
        pages = [query for query in served.asked if query["limit"] == "100"]
        if len(pages) >= 4:  # the rest comes only once the disk is at it
            while not (begun.wait(20) if mode.blocking else begun.is_set()):
                await anyio.sleep(0.001)
        await served(scope, receive, send)

    def slow(handle: int) -> None:
        assert mode.blocking or threading.get_ident() != main
        if not begun.is_set():
            asked[0] = len(served.asked)
            begun.set()
            assert enough.wait(20)
        fsync(handle)

    def before(query: Query) -> None:
        if begun.is_set() and len(served.asked) > asked[0] + 1:
            enough.set()

    served.before = before
    monkeypatch.setattr(table, "KEPT_EVERY", 0.0)
    monkeypatch.setattr(os, "fsync", slow)
    report = exported(app, tmp_path, mode.name, at_once=at_once)
    assert (ids(served.rows), (), True) == (ids(written(tmp_path)), report.warnings, enough.is_set())


def test_a_disk_that_fails_in_the_middle(mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint that cannot be made is told; the one before it counts, and the export goes on from there."""
    served = List(rows(4000))
    fsync, calls = os.fsync, [0]

    def fails(handle: int) -> None:
        calls[0] += 1
        if calls[0] > 7:
            raise OSError(28, "No space left on device")
        fsync(handle)

    with monkeypatch.context() as patched:
        patched.setattr(table, "KEPT_EVERY", 0.0)
        patched.setattr(os, "fsync", fails)
        with pytest.raises(ExportError, match="alerts could not be exported: .*No space left on device"):
            exported(served, tmp_path, mode.name)
    assert (tmp_path / "alerts.checkpoint").exists()
    report = exported(served, tmp_path, mode.name)
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


def test_a_disk_that_fails_at_the_end(mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks an export off is told first, also when what it kept cannot be brought to the disk."""
    served = List(rows(2500))
    served.before = lambda query: 409 if len(served.asked) > 9 else None

    def fails(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(ExportError, match="409"):
        exported(served, tmp_path, mode.name, at_once=1)


def test_a_checkpoint_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocking mode, a thread that still brings the file to the disk is waited for before the file is let go of."""
    from pagertree_async.calling import BlockingCrew

    served = List(rows(4000))
    saving, fsync = threading.Event(), os.fsync

    def slow(handle: int) -> None:
        if not saving.is_set():
            saving.set()
            threading.Event().wait(0.3)
        fsync(handle)

    def before(query: Query) -> int | None:
        return 409 if saving.is_set() else None

    served.before = before
    with monkeypatch.context() as patched:
        patched.setattr(BlockingCrew, "PATIENCE", 0.02)
        patched.setattr(table, "KEPT_EVERY", 0.0)
        patched.setattr(os, "fsync", slow)
        with pytest.raises(ExportError, match="409"):
            exported(served, tmp_path, "blocking")
    while any(thread.name == "pagertree_async" for thread in threading.enumerate()):
        threading.Event().wait(0.01)
    served.before = lambda query: None
    report = exported(served, tmp_path, "blocking")
    assert (ids(served.rows), ()) == (ids(written(tmp_path)), report.warnings)


def test_what_waits_for_a_checkpoint_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the disk is much slower than the network, not everything is held in memory: reading stops after some pages."""
    served = List(rows(9000))
    slow = threading.Event()
    fsync = os.fsync
    most: list[int] = []

    def stuck(handle: int) -> None:
        if not most:
            most.append(0)
            before = -1
            while before != len(served.asked):  # until no more comes
                before = len(served.asked)
                slow.wait(0.3)
            most.append(before)
        fsync(handle)

    monkeypatch.setattr(table, "KEPT_EVERY", 0.0)
    monkeypatch.setattr(os, "fsync", stuck)
    report = exported(served, tmp_path)
    assert (9000, ()) == (report.rows, report.warnings)
    assert most[1] < 60


def test_checkpoints_are_told(mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each checkpoint, the hook is called with how many rows are safe; the last is all of them."""
    monkeypatch.setattr(table, "KEPT_EVERY", 0.0)
    told: list[tuple[str, str, int | None]] = []
    hooks = Hooks(on_checkpoint=lambda event: told.append((event.kind, event.path, event.rows)))
    client = mode.on(List(rows(2500)), "a-token", hooks=hooks)

    async def scenario() -> None:
        await got(export(client, tmp_path, only="alerts"))
        await mode.close(client)

    mode.run(scenario)
    counts = [rows or 0 for _, _, rows in told]
    assert {("checkpoint", "/alert")} == {one[:2] for one in told}
    assert (sorted(counts), 2500, True) == (counts, counts[-1], len(counts) > 1)


def test_the_checkpoint_of_an_end_that_came_early_is_told(mode: Mode, tmp_path: Path) -> None:
    """What is kept when an export breaks off is told as well."""
    told: list[int | None] = []
    served = List(rows(2500))
    served.before = lambda query: 409 if len(served.asked) > 9 else None
    client = mode.on(served, "a-token", hooks=Hooks(on_checkpoint=lambda event: told.append(event.rows)))

    async def scenario() -> None:
        with pytest.raises(ExportError):
            await got(export(client, tmp_path, only="alerts", at_once=1))
        await mode.close(client)

    mode.run(scenario)
    assert 1 == len(told)
    assert 0 < (told[0] or 0) < 2500


def test_retries_and_waits_are_reported(mode: Mode, tmp_path: Path) -> None:
    """How often was tried again, why, and how long was waited, by this export alone."""
    served = List(rows(50))
    failed: list[Query] = []

    def before(query: Query) -> int | None:
        if len(failed) < 2:
            failed.append(query)
            return 503
        return None

    served.before = before
    client = mode.on(served, "a-token")

    async def scenario() -> Any:
        first = await got(export(client, tmp_path / "a", only="alerts"))
        second = await got(export(client, tmp_path / "b", only="alerts"))
        await mode.close(client)
        return first, second

    first, second = mode.run(scenario)
    assert ({"503": 2}, {"retry"}) == (first.retries, set(first.waited))
    assert first.waited["retry"] > 0
    assert ({}, {}) == (second.retries, second.waited)


def test_the_pace_is_told(mode: Mode, tmp_path: Path) -> None:
    """Each step of the progress has the pace in force, where there is one and it says so."""
    from pagertree_async import Pace

    told: list[float | None] = []
    for pace in (Pace(500.0), None):
        client = mode.on(List(rows(250)), "a-token", rate_limiter=pace)

        async def scenario() -> None:
            await got(export(client, tmp_path, only="alerts", progress=lambda step: told.append(step.pace)))
            await mode.close(client)

        mode.run(scenario)
    assert {500.0, None} == set(told)


def test_progress_counts_rows(mode: Mode, tmp_path: Path) -> None:
    """It begins with the total, never goes back, and ends with all of them."""
    told: list[tuple[int, int | None, bool]] = []
    exported(
        List(rows(1000)),
        tmp_path,
        mode.name,
        progress=lambda step: told.append((step.rows, step.total, step.done)),
    )
    assert (0, 1000, False) == told[0]
    assert (1000, 1000, True) == told[-1]
    assert sorted(told) == told


def test_a_stream(mode: Mode) -> None:
    """One resource goes to a stream, secrets left out, without a checkpoint; a broken end is an error."""
    stream = io.BytesIO()
    with Sandbox(size=300) as sandbox:
        client = mode.on(sandbox.app, sandbox.token())

        async def scenario() -> Any:
            report = await got(export(client, stream, only="users"))
            await mode.close(client)
            return report

        report = mode.run(scenario)
        wanted = [user["id"] for user in sandbox._store.all("user")]
    lines = stream.getvalue().splitlines()
    assert wanted == [json.loads(line)["id"] for line in lines]
    assert (Path("-"), len(stream.getvalue()), False) == (
        report.resources[0].path,
        report.bytes,
        b"password" in stream.getvalue(),
    )


def test_a_stream_that_breaks_off(mode: Mode) -> None:
    """What a stream refuses, and a list that would have to be read anew, are errors."""
    served = List(rows(1500))
    asked: list[Query] = []

    def before(query: Query) -> None:
        asked.append(query)
        if len(asked) > 12:
            query.pop("createdAt", None)

    class Full(io.BytesIO):
        def write(self, text: Any) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(ExportError, match="alerts could not be exported: .*No space left on device"):
        exported(served, Full(), mode.name)
    served.before = before
    with pytest.raises(ExportError, match="rows of it went out already") as caught:
        exported(served, io.BytesIO(), mode.name, at_once=1)
    assert ExportStateError is type(caught.value.__cause__)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"only": None}, "a stream takes one resource, not 13"),
        ({"only": ["alerts", "teams"]}, "a stream takes one resource, not 2"),
        ({"only": "alerts", "format": "sqlite"}, "a stream is written as ndjson or csv, not as sqlite"),
        ({"only": "alerts", "incremental": True}, "a stream cannot be brought up to date"),
    ],
)
def test_what_no_stream_takes(settings: dict[str, Any], said: str) -> None:
    """Several resources, other formats and an incremental export are refused before anything is sent."""
    with pytest.raises(InvalidArgumentError, match=said):
        export(Mode("blocking").client(), io.BytesIO(), **settings)


@pytest.mark.parametrize("name", sorted(run.OURS))
def test_filters_that_an_export_has_for_itself(name: str, tmp_path: Path) -> None:
    """What an export asks for by itself cannot be asked for by a filter, which it would not keep to."""
    with pytest.raises(InvalidArgumentError, match=f"cannot have '{name}': an export has it for itself"):
        export(Mode("blocking").client(), tmp_path, filters={"alerts": {name: START}})


@pytest.mark.parametrize("mode", ["asyncio", "blocking"])
def test_pagerduty_is_not_exported(mode: str, tmp_path: Path) -> None:
    """Its client has no lists of this kind, which is said in a line."""
    from pagertree_async.pagerduty import AsyncPagerDuty, PagerDuty

    client: Any = (PagerDuty if mode == "blocking" else AsyncPagerDuty)("a-key")
    with pytest.raises(
        InvalidArgumentError, match="PagerDuty has no lists that can be exported: an export reads PagerTree"
    ):
        export(client, tmp_path / "new")
    assert [] == list(tmp_path.iterdir())


class Msvcrt:
    """The library of Windows, as far as it locks."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        self.locked: set[int] = set()

    def locking(self, handle: int, how: int, size: int) -> None:
        file = os.fstat(handle).st_ino
        if file in self.locked:
            raise PermissionError(13, "Permission denied")
        self.locked.add(file)


def test_a_lock_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There, a file in the folder is locked instead of the folder, and gone afterwards."""
    system = Msvcrt()
    monkeypatch.setitem(__import__("sys").modules, "msvcrt", system)
    monkeypatch.setattr(lock.sys, "platform", "win32")
    first = lock.Lock(tmp_path)
    with pytest.raises(InvalidArgumentError, match="another export writes to"):
        lock.Lock(tmp_path)
    assert [lock.NAME] == [path.name for path in tmp_path.iterdir()]
    system.locked.clear()
    first.release()
    assert [] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is told as what it is, not as another export."""
    import fcntl

    def fails(handle: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fails)
    with pytest.raises(OSError, match="No locks available"):
        lock.Lock(tmp_path)


def owned(account: str | None, count: int = 2500) -> List:
    """A list of somebody's."""
    return List([one | ({} if account is None else {"sid": account}) for one in rows(count)])


def broken_off(folder: Path, account: str | None, stop: int = 9) -> dict[str, bytes]:
    """An export of an account that broke off; what it left."""
    served = owned(account)
    served.before = lambda query: 409 if len(served.asked) > stop else None
    with pytest.raises(ExportError, match="409"):
        exported(served, folder, at_once=1)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_of_another_account_is_refused(mode: Mode, tmp_path: Path) -> None:
    """A checkpoint is not gone on with by the credentials of another account, and nothing of it is changed."""
    left = broken_off(tmp_path, "acc_a")
    with pytest.raises(
        ExportError, match="of another account: of acc_a, and these credentials are for acc_b"
    ) as caught:
        exported(owned("acc_b"), tmp_path, mode.name)
    assert ExportStateError is type(caught.value.__cause__)
    assert left == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert 2500 == exported(owned("acc_a"), tmp_path, mode.name).rows


@pytest.mark.parametrize("account", ["acc_a", None])
def test_whoever_does_not_say_is_not_refused(account: str | None, mode: Mode, tmp_path: Path) -> None:
    """Where rows do not say whose they are, before or now, or not with one voice, there is nothing to be refused."""
    broken_off(tmp_path, account)
    served = owned(None)
    served.rows[0] = served.rows[0] | {"sid": "acc_x"}
    served.rows[-1] = served.rows[-1] | {"sid": 5}
    assert 2500 == exported(served, tmp_path, mode.name).rows


@pytest.mark.parametrize("left", ["acc_a", "acc_b", "nothing", "forbidden"])
def test_an_account_of_which_all_is_there(
    left: str, mode: Mode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export that was killed before its last file had its name asks for one row, to see whose it is."""

    def fails(self: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileSink, "finish", fails)
        with pytest.raises(ExportError, match="No space left"):
            exported(owned("acc_a"), tmp_path)
    served = owned("acc_a" if left == "forbidden" else left, 0 if left == "nothing" else 5)
    served.before = lambda query: 403 if left == "forbidden" else None
    if left in {"acc_a", "nothing"}:
        assert (2500, 1) == (exported(served, tmp_path, mode.name).rows, len(served.asked))
        assert 2500 == len(written(tmp_path))
    else:
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        with pytest.raises(ExportError, match="of another account" if left == "acc_b" else "403"):
            exported(served, tmp_path, mode.name)
        assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir()}


def test_since_is_of_the_first_row_as_well(mode: Mode, tmp_path: Path) -> None:
    """A row of exactly that moment is there, one a millisecond before is not."""
    served = List(rows(300))
    report = exported(
        served, tmp_path, mode.name, since=START + timedelta(seconds=100), until=START + timedelta(seconds=290)
    )
    assert 190 == report.rows


def test_a_folder_is_not_left_behind_empty(mode: Mode, tmp_path: Path) -> None:
    """Where nothing could be read, there is nothing to keep: what was made is gone, and what was there before is not."""
    (tmp_path / "there").mkdir()
    with pytest.raises(ExportError, match="403"):
        exported(Lists({}, 403), tmp_path / "there" / "new" / "deep", mode.name)
    assert ["there"] == [path.name for path in tmp_path.iterdir()]
    assert [] == list((tmp_path / "there").iterdir())
    with pytest.raises(ExportError, match="403"):
        exported(Lists({}, 403), tmp_path / "there", mode.name)
    assert (tmp_path / "there").exists()


def test_a_missing_library_leaves_no_folder_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told before anything is made."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigurationError, match="this format needs pyarrow"):
        exported(List(rows(3)), tmp_path / "new", format="parquet")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("orders", [True, False])
def test_what_was_read_is_kept_also_where_rows_are_kept_by_windows(orders: bool, tmp_path: Path) -> None:
    """An export to Parquet that is ended in an orderly way is gone on with where it was, though no window was whole."""
    pytest.importorskip("pyarrow")
    served = List(rows(3000))
    served.orders = {"createdAt"} if orders else set()
    served.before = lambda query: 409 if len(served.asked) > 15 else None
    with pytest.raises(ExportError, match="409"):
        exported(served, tmp_path, format="parquet", at_once=1)
    served.before = lambda query: None
    told: list[int] = []
    report = exported(served, tmp_path, format="parquet", at_once=1, progress=lambda step: told.append(step.rows))
    assert (3000, ()) == (report.rows, report.warnings)
    assert told[0] > 1000
    assert [one["id"] for one in served.rows] == sorted(read(tmp_path), key=lambda name: int(name[1:]))


def read(folder: Path) -> list[str]:
    import pyarrow.parquet

    return [
        str(name) for name in pyarrow.parquet.read_table(folder / "alerts.parquet", columns=["id"])["id"].to_pylist()
    ]
