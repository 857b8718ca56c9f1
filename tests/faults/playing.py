"""Plays rows of the list, one by itself or several side by side, and looks at what the process is left with."""

from __future__ import annotations

import threading
import time
from typing import Any

import anyio

from tests.faults.behaviours import bomb
from tests.faults.case import Case
from tests.faults.scenarios import SCENARIOS, plays_alone
from tests.faults.watch import STALLED, Lag, descriptors, peak, settled, stalls
from tests.faults.ways import tasks, threads

APART = 0.01
"""Those that are played side by side begin so many seconds one after the other, and not all in one moment."""
FOR_EVER = 20.0
"""A call that hangs for so many seconds is let go by the servers, so that it fails and does not hang the tests."""
NOISE = 8.0
"""By how many MiB the server's own side of a fault may add to the process."""


def proved(cases: list[Case]) -> list[BaseException | None]:
    """Play some cases of one way side by side; how each of them failed, None where it did not.

    What failed while the machine stood still is played again by itself: what is wrong fails again. When it fails without
    a stall, or for the third time, it has failed.
    """
    ended, stalled = _watched(cases)
    for index, case in enumerate(cases):
        worst = stalled
        for _ in range(2):
            if ended[index] is None or worst < STALLED:
                break
            print(f"the machine stood still for {worst:.2f} s: {case.fault.name} is played again on {case.way}")
            (ended[index],), worst = _watched([Case(case.fault, case.way, case.certificates)])
    return ended


def _watched(cases: list[Case]) -> tuple[list[BaseException | None], float]:
    loop = Lag()
    release = threading.Timer(FOR_EVER, lambda: [case.release() for case in cases])
    release.start()
    try:
        with stalls() as lag:
            ended = _played(cases, loop)
    finally:
        release.cancel()
        release.join()
    return ended, max(lag.worst, loop.worst)


def _played(cases: list[Case], loop: Lag) -> list[BaseException | None]:
    held, running = descriptors(), threads()
    before = peak(anew=True)
    ended: dict[int, BaseException] = {}
    if plays_alone(cases[0].fault.scenario):
        (case,) = cases
        _kept(ended, 0, lambda: SCENARIOS[case.fault.scenario](case))
    elif cases[0].mode.blocking:
        _in_threads(cases, ended)
    else:
        cases[0].mode.run(_in_tasks, cases, ended, loop)
    grown = peak() - before
    for index, case in enumerate(cases):
        _kept(ended, index, case.finish)
    if not ended:
        _kept(ended, 0, lambda: _left(held, running))
        _kept(ended, 0, lambda: _grown(cases[0], grown))
    return [ended.get(index) for index in range(len(cases))]


def _kept(ended: dict[int, BaseException], index: int, work: Any) -> None:
    try:
        work()
    except Exception as error:
        ended.setdefault(index, error)


async def _in_task(case: Case, index: int, ended: dict[int, BaseException]) -> None:
    try:
        await SCENARIOS[case.fault.scenario](case)
    except Exception as error:
        ended[index] = error
    finally:
        await case.close()


async def _in_tasks(cases: list[Case], ended: dict[int, BaseException], loop: Lag) -> None:
    before = tasks()
    async with anyio.create_task_group() as watching:
        watching.start_soon(loop.of_the_loop)
        async with anyio.create_task_group() as group:
            for index, case in enumerate(cases):
                group.start_soon(_in_task, case, index, ended)
                await anyio.sleep(APART)
        watching.cancel_scope.cancel()
    with anyio.move_on_after(2):
        while tasks() > before:
            await anyio.sleep(0.005)
    if tasks() > before:
        ended.setdefault(0, AssertionError(f"{tasks() - before} tasks are left"))


def _in_threads(cases: list[Case], ended: dict[int, BaseException]) -> None:
    if len(cases) == 1:
        cases[0].mode.run(_in_task, cases[0], 0, ended)
        return
    started = [
        threading.Thread(target=case.mode.run, args=(_in_task, case, index, ended)) for index, case in enumerate(cases)
    ]
    for thread in started:
        thread.start()
        time.sleep(APART)
    for thread in started:
        thread.join()


def _left(held: dict[str, str], running: int) -> None:
    assert settled(lambda: len(descriptors()), len(held)) <= len(held), {
        name: what for name, what in descriptors().items() if held.get(name) != what
    }
    assert settled(threads, running) <= running, threading.enumerate()


def _grown(case: Case, by: float) -> None:
    if case.fault.memory is not None:
        assert by <= case.fault.memory + NOISE, f"the process grew by {by:.0f} MiB"


def warm(case: Case) -> None:
    """Have the libraries of a way start what they keep for good, before anything is counted."""
    server = case.server()
    bomb()

    async def use() -> None:
        client = case.client(server.url)
        await case.works(client)
        await case.close()

    case.mode.run(use)
    case.finish()
