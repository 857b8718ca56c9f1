"""A pace that processes share through a file."""

from __future__ import annotations

import bisect
import builtins
import errno
import multiprocessing
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pagertree_async import filepace
from pagertree_async.errors import ConfigurationError
from pagertree_async.filepace import LAYOUT, MARK, FilePace
from tests.core.mini import Clock

TRIES = 3
"""So often a busy machine may be late before the pace is to blame."""


def taking(path: Path, begin: float, end: float, results: Any) -> None:
    """Take slots, one after another, and note when."""
    pace, taken = FilePace(path, 50), []
    time.sleep(max(0.0, begin - time.monotonic()))
    while time.monotonic() < end:
        time.sleep(pace.reserve())
        taken.append(time.monotonic())
    results.put(taken)


def shared(path: Path) -> tuple[float, float, float]:
    """What four processes use of a rate, at most in a second, and what the least served has of the most served's."""
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    begin = time.monotonic() + 0.3
    end = begin + 5
    processes = [context.Process(target=taking, args=(path, begin, end, results)) for _ in range(4)]
    for process in processes:
        process.start()
    taken = [results.get() for _ in processes]
    for process in processes:
        process.join()
    times = sorted(moment for one in taken for moment in one if moment < end)
    peak = max(bisect.bisect_left(times, moment + 1) - first for first, moment in enumerate(times))
    counts = [len(one) for one in taken]
    return len(times) / 250, peak / 50, min(counts) / max(counts)


def test_four_processes_share_a_rate(tmp_path: Path) -> None:
    """Together they use the rate within 2 %, in no second more than 10 % over it, and all get their share."""
    for number in range(TRIES):
        used, peak, least = shared(tmp_path / f"pace {number}")
        if abs(used - 1) <= 0.02 and peak <= 1.1 and least >= 0.7:
            break
    assert (True, True, True) == (abs(used - 1) <= 0.02, peak <= 1.1, least >= 0.7), (used, peak, least)


def test_a_hold_is_everybodys(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one learns of the server the others know, and slots from before a hold are known as such."""
    monkeypatch.setattr(filepace, "time", sys.modules["pagertree_async.pace"].time)  # type: ignore[attr-defined]
    one, other = (FilePace(tmp_path / "pace", 2) for _ in range(2))
    assert [0.0, 0.5, 1.0] == [one.reserve(), other.reserve(), one.reserve()]
    one.give_back(1.0)
    assert [1.5, 1.0] == [other.reserve(), one.reserve()]
    assert (0, 2.0, 0.0) == (other.holds, other.rate, other.held())
    one.hold(9)
    assert (1, 1.9, 9.0, 9.0) == (other.holds, other.rate, other.held(), other.reserve())


def test_without_a_rate_nothing_waits(tmp_path: Path) -> None:
    """Until the first 429, which they then all follow."""
    pace = FilePace(str(tmp_path / "pace"))
    assert (None, 0.0, 0.0, True) == (pace.rate, pace.reserve(), pace.reserve(), pace.paces)
    pace.hold(1)
    assert 20.0 == FilePace(tmp_path / "pace").rate


def test_a_child_process_has_the_file_for_itself(tmp_path: Path) -> None:
    """After a fork the child takes its slots behind its parent's, under a lock of its own."""
    pace = FilePace(tmp_path / "pace", 0.001)
    assert 0.0 == pace.reserve()
    reading, writing = os.pipe()
    with pace._shared():
        child = os.fork()
        if not child:
            pace._open()
            try:
                pace._flock(pace._file, pace._take)
            except BlockingIOError:
                os.write(writing, b"waits")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
    child = os.fork()
    if not child:
        os.write(writing, b" behind" if pace.reserve() > 900 else b" before")
        os._exit(0)
    os.waitpid(child, 0)
    assert b"waits behind" == os.read(reading, 100)
    os.close(reading)
    os.close(writing)


def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """What is not ours is refused and not overwritten; so are a folder and a link."""
    foreign = tmp_path / "notes"
    foreign.write_text("do not lose this")
    link = tmp_path / "link"
    link.symlink_to(foreign)
    with pytest.raises(ConfigurationError, match="is not a file of FilePace; it was left as it is"):
        FilePace(foreign, 1)
    for path in (tmp_path, link):
        with pytest.raises(ConfigurationError, match="cannot be used to share a pace"):
            FilePace(path, 1)
    assert "do not lose this" == foreign.read_text()
    with pytest.raises(ConfigurationError, match="a pace needs a rate above zero"):
        FilePace(tmp_path / "pace", 0)


def test_the_file_is_nobody_elses(tmp_path: Path) -> None:
    """It is made for its owner alone."""
    FilePace(tmp_path / "pace", 1).reserve()
    assert (0o600, LAYOUT.size) == ((tmp_path / "pace").stat().st_mode & 0o777, (tmp_path / "pace").stat().st_size)


def test_a_removed_file_is_made_again(tmp_path: Path) -> None:
    """Whoever cleans up does not split those who share."""
    pace = FilePace(tmp_path / "pace", 0.001)
    pace.reserve()
    (tmp_path / "pace").unlink()
    assert [True, True] == [pace.reserve() > 900, FilePace(tmp_path / "pace", 0.001).reserve() > 1900]


def test_numbers_from_before_a_restart_are_not_believed(tmp_path: Path) -> None:
    """The clock begins anew with the machine: what was written later than now is from before."""
    later = time.monotonic() + 1e6
    (tmp_path / "pace").write_bytes(LAYOUT.pack(MARK, later, later, later, 3, 0.0, 0.0, 0.0))
    pace = FilePace(tmp_path / "pace", 1)
    assert (0.0, 0.0) == (pace.held(), pace.reserve())


def test_a_lock_that_is_kept_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When a process that holds the lock was stopped, the others pace themselves, and say so once."""
    monkeypatch.setattr(filepace, "PATIENCE", 0.01)
    pace, stopped = FilePace(tmp_path / "pace", 0.001), FilePace(tmp_path / "pace", 0.001)
    with stopped._shared():
        assert [0.0, True] == [pace.reserve(), pace.reserve() > 900]
    assert 1 == len(caplog.messages)
    assert "this process paces itself" in caplog.text


def test_a_full_disk_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What cannot be written down is said once, and the request leaves."""

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    pace = FilePace(tmp_path / "pace", 1)
    monkeypatch.setattr(os, "pwrite", full)
    assert 0.0 == pace.reserve()
    assert "No space left on device" in caplog.text


def test_a_system_without_such_locks_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no fcntl, sharing through a file is refused with what to do instead."""
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "fcntl":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match="it has no fcntl"):
        FilePace(tmp_path / "pace", 1)
