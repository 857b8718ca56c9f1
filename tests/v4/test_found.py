"""Alerts by the caller's own name for them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from pagertree_async import InvalidArgumentError, MultipleFoundError, NoneFoundError, UnprocessableError
from pagertree_async.http import Request, Response
from pagertree_async.sandbox import Sandbox
from pagertree_async.v4.models import Alert, Router
from tests.modes import Mode, got
from tests.v4.world import answer, client, live, page, refusal, requests, said


def alert(id: str, status: str, name: str = "zabbix-1") -> dict[str, Any]:
    """An alert as the API sends it."""
    return {"id": id, "status": status, "thirdparty_id": name}


class Server:
    """A server that has some alerts, filters them or not, and says what it is asked."""

    def __init__(self, *alerts: dict[str, Any]) -> None:
        self.alerts = alerts

    def __call__(self, request: Request) -> Response:
        if request.method == "GET":
            return page(*self.alerts)
        verb = request.url.rpartition("/")[2]
        return answer(alert(request.url.split("/")[-2], {"acknowledge": "acknowledged", "resolve": "resolved"}[verb]))


def sent(one: Any) -> list[tuple[str, str]]:
    """Methods and paths of what was sent."""
    return [said(request)[:2] for request in requests(one)]


LIST = ("GET", "/api/v4/alerts")


@pytest.mark.parametrize(("verb", "status"), [("acknowledge", "acknowledged"), ("resolve", "resolved")])
def test_the_open_one_is_acted_on(mode: Mode, verb: str, status: str) -> None:
    """Of all alerts of a name, those that are over are passed over, and so are those of another name."""
    server = Server(
        alert("A", "resolved"),
        alert("B", "open"),
        alert("C", "open", "zabbix-2"),
        alert("D", "dropped"),
        alert("E", "suppressed"),
    )

    async def scenario() -> Any:
        one = client(mode, server)
        done = await got(getattr(one.alerts, verb)(thirdparty_id="zabbix-1"))
        query = said(requests(one)[0])[2]
        return done.id, done.status, sent(one), query

    query = {"thirdparty_id": "zabbix-1", "status": "resolved", "ops": "status:ne", "limit": "100", "offset": "0"}
    assert ("B", status, [LIST, ("POST", f"/api/v4/alerts/B/{verb}")], query) == mode.run(scenario)


def test_one_that_is_there_already(mode: Mode) -> None:
    """An alert that is acknowledged stays so without a request; it can still be resolved."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "acknowledged")))
        first = await got(one.alerts.acknowledge(thirdparty_id="zabbix-1"))
        second = await got(one.alerts.resolve(thirdparty_id="zabbix-1"))
        return first.status, second.status, sent(one)

    assert ("acknowledged", "resolved", [LIST, LIST, ("POST", "/api/v4/alerts/A/resolve")]) == mode.run(scenario)


def test_none_is_open(mode: Mode) -> None:
    """Where there is none, or none that is not over, that is said, and nothing is done."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "resolved")))
        with pytest.raises(NoneFoundError) as caught:
            await got(one.alerts.resolve(thirdparty_id="zabbix-1"))
        return str(caught.value), sent(one)

    says = (
        "alerts.resolve(): none with thirdparty_id='zabbix-1' is acknowledged or dropped or open or queued; "
        "there is A (resolved)"
    )
    assert (says, [LIST, LIST]) == mode.run(scenario)


def test_none_has_the_name(mode: Mode) -> None:
    """Where no alert is called so, that is said in other words."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "open", "zabbix-2")))
        with pytest.raises(NoneFoundError) as caught:
            await got(one.alerts.acknowledge(thirdparty_id="zabbix-1"))
        return str(caught.value), sent(one)

    assert ("alerts.acknowledge(): none with thirdparty_id='zabbix-1' is there", [LIST, LIST]) == mode.run(scenario)


@pytest.mark.parametrize(
    ("verb", "status", "acted"),
    [
        ("acknowledge", "dropped", True),
        ("acknowledge", "suppressed", True),
        ("resolve", "dropped", True),
        ("resolve", "suppressed", False),
    ],
)
def test_what_the_api_takes_is_done_by_name_too(mode: Mode, verb: str, status: str, acted: bool) -> None:
    """An alert in one of the other states that the API lets be acted on is, where none is current."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "resolved"), alert("B", status)))
        if not acted:
            with pytest.raises(NoneFoundError, match=r"there is A \(resolved\), B \(suppressed\)$"):
                await got(getattr(one.alerts, verb)(thirdparty_id="zabbix-1"))
            return sent(one)
        await got(getattr(one.alerts, verb)(thirdparty_id="zabbix-1"))
        return sent(one)

    assert [LIST, ("POST", f"/api/v4/alerts/B/{verb}") if acted else LIST] == mode.run(scenario)


def test_several_that_were_dropped_are_not_guessed_among(mode: Mode) -> None:
    """Of more than an error can name the first are named, with their states, and how many are left."""

    async def scenario() -> Any:
        one = client(mode, Server(*(alert(f"A{number}", "dropped") for number in range(7))))
        with pytest.raises(MultipleFoundError) as caught:
            await got(one.alerts.acknowledge(thirdparty_id="zabbix-1"))
        return str(caught.value), sent(one)

    says, methods = mode.run(scenario)
    assert "A0 (dropped), A1 (dropped), A2 (dropped), A3 (dropped), A4 (dropped) and 2 more. Nothing was done" in says
    assert [LIST] == methods


def test_a_name_is_used_again_and_again(mode: Mode) -> None:
    """After trigger, resolve and trigger the open one is found by its name; with none open, the newest; else it is said."""

    async def scenario(sandbox: Sandbox) -> Any:
        one = live(mode, sandbox)
        team = (await got(one.teams.list().first())).data[0]

        async def trigger() -> str:
            made = await got(
                one.alerts.create(
                    title="disk", urgency="high", destination_team_ids=[team], thirdparty_id="k-1", tags=["x"]
                )
            )
            return str(made.id)

        async def found(**more: Any) -> Any:
            return await got(one.alerts.find(thirdparty_id="k-1", **more))

        first = await trigger()
        assert first == (await found()).id
        await got(one.alerts.resolve(thirdparty_id="k-1"))
        second = await trigger()
        assert (second, "open") == ((alert := await found()).id, alert.status)
        await got(one.alerts.comment(alert, body="looking"))
        await got(one.alerts.resolve(thirdparty_id="k-1"))
        assert second == (await found()).id  # none is open: the newest
        with pytest.raises(MultipleFoundError, match="several have thirdparty_id='k-1', status='resolved'"):
            await found(status="resolved")
        third, fourth = await trigger(), await trigger()
        with pytest.raises(MultipleFoundError) as caught:
            await found()
        text = f"are acknowledged or open or queued: {third} (open), {fourth} (open). Name one of them by its id"
        assert text in str(caught.value)
        with pytest.raises(MultipleFoundError, match="several have title='disk'"):
            await got(one.alerts.find(title="disk"))
        await mode.close(one)

    with Sandbox(alerts=3) as sandbox:
        mode.run(scenario, sandbox)


def test_several_are_open(mode: Mode) -> None:
    """Where there are several, they are named, and nothing is done."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "open"), alert("B", "acknowledged")))
        with pytest.raises(MultipleFoundError) as caught:
            await got(one.alerts.acknowledge(thirdparty_id="zabbix-1"))
        return str(caught.value), sent(one)

    says, methods = mode.run(scenario)
    assert "are acknowledged or dropped or open or queued or suppressed: A (open), B (acknowledged). Nothing" in says
    assert [LIST] == methods


def test_arguments_are_checked(mode: Mode) -> None:
    """An id or the name is needed, and not both; the name is a text."""

    async def scenario() -> None:
        one = client(mode, Server())
        for args, kwargs, message in [
            ((), {}, r"alerts.resolve\(\) takes id, or thirdparty_id by name: neither was given"),
            ((), {"timeout": 3}, "neither was given"),
            (("alt_1",), {"thirdparty_id": "x"}, r"alerts.resolve\(\) takes id, or thirdparty_id by name: not both"),
            ((), {"thirdparty_id": 7}, "thirdparty_id: expected `str`, got `int`"),
            ((), {"thirdparty_id": None}, "thirdparty_id: expected `str`, got `null`"),
            ((), {"title": "t"}, "neither was given"),
            ((), {"thirdparty_id": "x", "title": "t"}, "has no argument 'title'"),
            (("alt_1",), {"title": "t"}, "has no argument 'title'"),
            (("../x",), {}, "not an id"),
        ]:
            with pytest.raises(InvalidArgumentError, match=message):
                await got(one.alerts.resolve(*args, **kwargs))
        assert [] == requests(one)

    mode.run(scenario)


def test_options_reach_the_requests(mode: Mode) -> None:
    """A time limit is for looking and for acting, and more of a body only for acting."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "open")))
        await got(one.alerts.resolve(thirdparty_id="zabbix-1", timeout=3.0, extra_body={"note": "n"}))
        return [request.timeout.total for request in requests(one)], [said(request)[3] for request in requests(one)]

    assert ([3.0, 3.0], [None, {"note": "n"}]) == mode.run(scenario)


def test_a_refusal_is_told(mode: Mode) -> None:
    """When the API refuses to act, that is the error."""

    def handler(request: Request) -> Response:
        return page(alert("A", "queued")) if request.method == "GET" else refusal("queued")

    async def scenario() -> None:
        with pytest.raises(UnprocessableError):
            await got(client(mode, handler).alerts.acknowledge(thirdparty_id="zabbix-1"))

    mode.run(scenario)


def test_an_alert_is_found(mode: Mode) -> None:
    """Without acting, find gives the one of a name, or None."""

    async def scenario() -> Any:
        one = client(mode, Server(alert("A", "open")))
        return (await got(one.alerts.find(thirdparty_id="zabbix-1"))).id, await got(one.alerts.find(thirdparty_id="no"))

    assert ("A", None) == mode.run(scenario)


def test_its_signature_shows_both_ways() -> None:
    """``help()`` shows the id, and what may stand in its place, neither as needed."""
    alerts = client(Mode("blocking"), page()).alerts
    shown = str(inspect.signature(alerts.acknowledge))
    assert shown.startswith("(id=..., /, *, thirdparty_id: str = ..., timeout: float | Timeout = ...")
    assert "thirdparty_id: What the system that sent it calls it" in (inspect.getdoc(alerts.acknowledge) or "")


def test_many_are_told_apart_by_their_ids(mode: Mode) -> None:
    """The same operation, given ids, looks for nothing."""

    async def scenario() -> Any:
        one = client(mode, Server())
        outcomes = await got(one.alerts.for_each(["A", "B"], "resolve", concurrency=1))
        return [outcome.ok for outcome in outcomes], sent(one)

    posts = [("POST", "/api/v4/alerts/A/resolve"), ("POST", "/api/v4/alerts/B/resolve")]
    assert ([True, True], posts) == mode.run(scenario)


ROW = {
    "id": "01GDKK569YVD2EB6E9V80VXWY1",
    "prefix_id": "alt_1",
    "destination_team_ids": ["01TEAM"],
    "destination_router_ids": ["rtr_1"],
    "source_id": None,
}


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({"id": "alt_1"}, True),
        ({"id": ROW["id"]}, True),
        ({"id": Alert(id="01GDKK569YVD2EB6E9V80VXWY1")}, True),
        ({"id": "alt_2"}, False),
        ({"prefix_id": "alt_1"}, True),
        ({"destination_team_ids": "01TEAM"}, True),
        ({"destination_team_ids": "01OTHER"}, False),
        ({"destination_team_ids": "tem_1"}, True),  # the row has the other id of some team: the server knows of which
        ({"destination_router_ids": Router(id="01R", prefix_id="rtr_1")}, True),
        ({"destination_router_ids": Router(id="01R", prefix_id="rtr_2")}, False),
        ({"source_id": "01TEAM"}, False),
    ],
)
def test_found_by_either_id(mode: Mode, sought: dict[str, Any], found: bool) -> None:
    """Where an id is compared, either of an object's ids will do, and so will the object."""

    async def scenario() -> bool:
        return (await got(client(mode, page(ROW)).alerts.find(**sought))) is not None

    assert found is mode.run(scenario)
