"""The same for many: several at a time, in order, nothing lost when some fail."""

from __future__ import annotations

from typing import Any

import anyio
import msgspec
import pytest

from pagertree_async.errors import InvalidArgumentError, InvalidIdError, NotFoundError
from pagertree_async.http import Request, Response
from pagertree_async.session import Call
from tests.core.mini import FINE, Alert, Alerts, Script, answer, client
from tests.modes import Mode, got


def by_id(request: Request) -> Response:
    """The alert that was asked for, or 404 for every seventh."""
    number = int(request.url.rpartition("alt_")[2].partition("/")[0])
    return answer(404) if number % 7 == 6 else answer(200, {"id": f"alt_{number}"})


@pytest.mark.parametrize("concurrency", [1, 3, 100])
def test_each_outcome_is_told_in_order(mode: Mode, concurrency: int) -> None:
    """Each object has its outcome, in the order given, whatever the concurrency; failures hold nobody up."""

    async def scenario() -> list[Any]:
        alerts = client(mode, by_id).alerts
        things: list[Any] = [Alert(f"alt_{n}") if n % 2 else f"alt_{n}" for n in range(20)]
        return list(await got(alerts.for_each(things, "acknowledge", concurrency=concurrency)))

    outcomes = mode.run(scenario)
    assert [f"alt_{n}" for n in range(20)] == [outcome.id for outcome in outcomes]
    assert [n % 7 != 6 for n in range(20)] == [outcome.ok for outcome in outcomes]
    for n, outcome in enumerate(outcomes):
        if outcome.ok:
            assert f"alt_{n}" == outcome.result.id
        else:
            assert NotFoundError is type(outcome.error)


def test_operations_can_be_given_themselves(mode: Mode) -> None:
    """The operation of the class says what to do, with its arguments the same for all."""
    script = Script(answer(200, {}))

    async def scenario() -> list[Any]:
        alerts = client(mode, script).alerts
        assert [] == await got(alerts.for_each([], Alerts.comment, title="t"))
        return list(await got(alerts.for_each(iter(["a", "b"]), Alerts.comment, title="t")))

    assert [{}, {}] == [outcome.result for outcome in mode.run(scenario)]
    assert [b'{"title":"t"}'] * 2 == [request.body for request in script.requests]


@pytest.mark.parametrize(
    ("objects", "do", "options", "said"),
    [
        (["a"], "acknowlege", {}, r"alerts.for_each\(\): 'acknowlege' is nothing .* did you mean 'acknowledge'\?"),
        (["a"], "zzz", {}, "there are retrieve, update, delete, clear, acknowledge, touch, comment, events"),
        (["a"], "create", {}, "'create' is nothing that can be done with one of them"),
        (["a"], "list", {}, "'list' is nothing that can be done"),
        (["a"], "template", {}, "'template' is nothing that can be done"),
        (["a"], None, {}, "None is nothing that can be done"),
        (["a"], Alerts.create, {}, "'create' is nothing that can be done"),
        (["a"], "comment", {}, r"alerts.comment\(\) is missing 'title'"),
        (["a"], "touch", {"odd": 1}, "has no argument 'odd'"),
        ("alt_1", "touch", {}, "takes several objects, not one"),
        (Alert("alt_1"), "touch", {}, "takes several objects, not one"),
        (["a"], "touch", {"concurrency": 0}, "concurrency must be a whole number above zero, not 0"),
        (["a"], "touch", {"concurrency": "3"}, "concurrency must be a whole number above zero, not '3'"),
        (["a"], "touch", {"concurrency": True}, "concurrency must be a whole number above zero, not True"),
    ],
)
def test_wrong_input_sends_nothing(mode: Mode, objects: Any, do: Any, options: dict[str, Any], said: str) -> None:
    """What cannot be done, or not so, is told before anything is sent."""
    script = Script(FINE)

    async def scenario() -> None:
        with pytest.raises(InvalidArgumentError, match=said):
            await got(client(mode, script).alerts.for_each(objects, do, **options))

    mode.run(scenario)
    assert [] == script.requests


def test_a_hostile_id_among_many_is_an_outcome(mode: Mode) -> None:
    """An id that is none fails by itself, and is not sent."""
    script = Script(answer(200, {"id": "alt_1"}))

    async def scenario() -> list[Any]:
        return list(await got(client(mode, script).alerts.for_each(["alt_1", "../x"], "touch")))

    first, second = mode.run(scenario)
    assert first.ok
    assert InvalidIdError is type(second.error)
    assert 1 == len(script.requests)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_cancelled_it_leaves_nothing_behind(backend: str) -> None:
    """Cancelled in the middle, no further call begins and none goes on."""
    begun: list[str] = []

    async def slow(request: Request) -> Response:
        begun.append(request.url)
        await anyio.sleep(5)
        return FINE

    async def scenario() -> None:
        alerts = client(Mode(backend), slow).alerts
        with anyio.move_on_after(0.03):
            await alerts.for_each([f"alt_{n}" for n in range(50)], "touch", concurrency=4)
        await anyio.sleep(0.01)

    anyio.run(scenario, backend=backend)
    assert 4 == len(begun)


def test_a_fault_ends_it_all(mode: Mode) -> None:
    """What is no error of a call is raised, and no further call begins."""
    begun: list[int] = []

    def faulty(request: Request) -> Response:
        begun.append(1)
        raise ZeroDivisionError

    async def scenario() -> None:
        with pytest.raises(ZeroDivisionError):
            await got(client(mode, faulty).alerts.for_each([f"alt_{n}" for n in range(50)], "touch", concurrency=2))

    mode.run(scenario)
    assert len(begun) <= 4


def test_a_session_beside_another_shares_only_the_transport(mode: Mode) -> None:
    """Another origin has credentials, quota and pace of its own over the same transport."""
    from pagertree_async.auth import Token

    script = Script(answer(200, {"a": 1}))

    async def scenario() -> Any:
        mini = client(mode, script)
        session = mini._session
        other = session.beside(
            Token("other-token"), msgspec.structs.replace(session.settings, base_url="https://other.test")
        )
        assert other._pace is not session._pace
        assert other._quota is not session._quota
        return await other.call(Call(method="GET", path="/x"), lambda response: response.json())

    assert {"a": 1} == mode.run(scenario)
    (request,) = script.requests
    assert "https://other.test/x" == request.url
    assert "other-token" == dict(request.revealed_headers())["authorization"]
