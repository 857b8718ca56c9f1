"""Create or leave, where objects have two ids each, and parts with ids of their own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import UnprocessableError
from pagertree_async.alike import changes
from pagertree_async.http import Request, Response
from pagertree_async.sandbox import Sandbox
from pagertree_async.v4 import LayerAttributes
from pagertree_async.v4.models import AccountUser, EscalationLayer
from tests.modes import Mode, got
from tests.v4.world import answer, client, live, page, requests, said


def writes(sandbox: Sandbox) -> Counter[str]:
    """What was written, by method and path."""
    return Counter({what: count for what, count in sandbox.requests.items() if what.split(" ")[0] in {"POST", "PUT"}})


@pytest.mark.parametrize("form", ["prefix_id", "id", "object"])
def test_an_object_may_be_named_by_either_of_its_ids(mode: Mode, form: str) -> None:
    """Whichever id names the members, the schedule and the type, the second run sends nothing but questions."""

    async def scenario(sandbox: Sandbox) -> Any:
        one = live(mode, sandbox)
        first, second = (await got(one.account_users.list(limit=2).first())).data
        schedule = (await got(one.schedules.list(limit=1).first())).data[0]
        kind = (await got(one.integration_types.list(limit=1).first())).data[0]

        def name(thing: Any) -> Any:
            return thing if form == "object" else getattr(thing, form)

        done = []
        for _ in range(2):
            team = await got(
                one.teams.ensure(
                    ("name",),
                    name="New",
                    member_account_user_ids=[name(second), name(first)],
                    admin_account_user_ids=[name(first)],
                    schedule_id=name(schedule),
                )
            )
            integration = await got(
                one.integrations.ensure(
                    ("name",), name="New", urgency="high", integration_type_id=name(kind), team_ids=[name(team.object)]
                )
            )
            done += [team.happened, integration.happened]
        before = writes(sandbox)
        looked = sandbox.requests["GET /api/v4/account_users/:id"]
        other = await got(
            one.teams.ensure(
                ("name",), name="New", member_account_user_ids=[name(first)], admin_account_user_ids=[name(second)]
            )
        )
        await mode.close(one)
        return done, before, looked, other.changed

    with Sandbox(size=100) as sandbox:
        done, before, looked, changed = mode.run(scenario, sandbox)
    assert ["created", "created", "left", "left"] == done
    assert {"POST /api/v4/teams": 1, "POST /api/v4/integrations": 1} == before
    assert (2 if form == "prefix_id" else 0) == looked  # two people, though one of them is named twice
    assert ("member_account_user_ids", "admin_account_user_ids") == changed


def test_ids_of_both_forms_in_one_list(mode: Mode) -> None:
    """Of several that are wanted only those are asked about that are not there as they were given."""

    async def scenario(sandbox: Sandbox) -> Any:
        one = live(mode, sandbox)
        team = (await got(one.teams.list(limit=1).first())).data[0]
        first, *others = team.member_account_user_ids
        named = [first, *[(await got(one.account_users.retrieve(other))).prefix_id for other in others]]
        before = sandbox.requests["GET /api/v4/account_users/:id"]
        done = await got(
            one.teams.ensure(
                ("name",),
                name=team.name,
                member_account_user_ids=named,
                admin_account_user_ids=team.admin_account_user_ids,
            )
        )
        await mode.close(one)
        return done.happened, sandbox.requests["GET /api/v4/account_users/:id"] - before == len(others) > 0

    with Sandbox(size=100) as sandbox:
        assert ("left", True) == mode.run(scenario, sandbox)


def test_an_id_of_nobody_is_left_to_the_server(mode: Mode) -> None:
    """What a prefix id stands for is asked; when it stands for nothing, the write is refused by the API."""

    async def scenario(sandbox: Sandbox) -> None:
        one = live(mode, sandbox)
        team = (await got(one.teams.list(limit=1).first())).data[0]
        with pytest.raises(UnprocessableError):
            await got(
                one.teams.ensure(
                    ("name",),
                    name=team.name,
                    member_account_user_ids=["acu_nobody"] * len(team.member_account_user_ids),
                    admin_account_user_ids=team.admin_account_user_ids,
                )
            )
        await mode.close(one)

    with Sandbox(size=100) as sandbox:
        mode.run(scenario, sandbox)
        assert 1 == sandbox.requests["GET /api/v4/account_users/:id"]


def test_ids_of_one_form_are_compared_without_asking(mode: Mode) -> None:
    """Another id of the same form is another object: nothing is looked up, and an object that was read tells both."""
    row = {"id": "01T", "name": "x", "schedule_id": "01S", "member_account_user_ids": ["01A"]}

    def handler(request: Request) -> Response:
        return page(row) if request.method == "GET" else answer(row)

    async def scenario(**wanted: Any) -> Any:
        one = client(mode, handler)
        known = {"name": "x", "member_account_user_ids": ["01A"], "admin_account_user_ids": ["01A"]}
        changed = (await got(one.teams.ensure(("name",), **(known | wanted)))).changed
        return changed, [said(request)[:2] for request in requests(one) if request.method == "GET"]

    for wanted, changed in [
        ({"schedule_id": "01R"}, ("admin_account_user_ids", "schedule_id")),
        ({"member_account_user_ids": [AccountUser(id="01A", prefix_id="acu_1")]}, ("admin_account_user_ids",)),
        ({"member_account_user_ids": ["01A", "acu_2"]}, ("member_account_user_ids", "admin_account_user_ids")),
    ]:
        result = mode.run(lambda wanted=wanted: scenario(**wanted))
        assert (set(changed), [("GET", "/api/v4/teams")]) == (set(result[0]), result[1])


def test_the_steps_of_a_policy(mode: Mode) -> None:
    """They are made, left, changed by their ids, added and taken away, and nothing is sent when nothing differs."""

    async def scenario(sandbox: Sandbox) -> Any:
        one = live(mode, sandbox)
        happened: list[Any] = []

        async def ensure(*layers: Any, **more: Any) -> Any:
            done = await got(
                one.escalation_policies.ensure(
                    ("name",), name="Nights", escalation_layers_attributes=layers, repeat=2, **more
                )
            )
            steps = [(step.layer, step.timeout) for step in done.object.escalation_layers]
            happened.append((done.happened, done.changed, steps))
            return done.object

        two = [{"layer": 1, "timeout": 5}, LayerAttributes(layer=2, timeout=10)]
        first = await ensure(*two)
        again = await ensure(*two)
        assert [step.id for step in first.escalation_layers] == [step.id for step in again.escalation_layers]
        await ensure({"layer": 1, "timeout": 7}, two[1])
        await ensure(*two[1:], {"layer": 3, "timeout": 15})
        await ensure({"layer": 9, "_destroy": True}, *two[1:], {"layer": 3, "_destroy": True})
        await mode.close(one)
        return happened

    written = ("escalation_layers_attributes",)
    with Sandbox(size=100) as sandbox:
        assert [
            ("created", (), [(1, 5), (2, 10)]),
            ("left", (), [(1, 5), (2, 10)]),
            ("changed", written, [(1, 7), (2, 10)]),
            ("changed", written, [(2, 10), (3, 15)]),
            ("changed", written, [(2, 10)]),
        ] == mode.run(scenario, sandbox)
        assert 3 == sandbox.requests["PUT /api/v4/escalation_policies/:id"]


STEPS = st.dictionaries(st.integers(1, 5), st.integers(1, 30))


@given(has=STEPS, wants=STEPS)
def test_what_is_written_brings_about_what_is_wanted(has: dict[int, int], wants: dict[int, int]) -> None:
    """Applied as the API applies them, the changes turn one set of steps into the other, and none into itself."""
    held = [
        EscalationLayer(id=f"01-{layer}", prefix_id=f"esl_{layer}", layer=layer, timeout=t) for layer, t in has.items()
    ]
    wanted = [LayerAttributes(layer=layer, timeout=t) for layer, t in wants.items()]
    state: dict[str, dict[str, Any]] = {f"01-{layer}": {"layer": layer, "timeout": t} for layer, t in has.items()}
    written = changes(held, wanted, "layer")
    for number, change in enumerate(written):
        key = change.get("id", f"new-{number}")
        if change.get("_destroy"):
            del state[key]
        else:
            state[key] = {**state.get(key, {}), **{name: change[name] for name in ("layer", "timeout")}}
    assert wants == {step["layer"]: step["timeout"] for step in state.values()}
    assert (has == wants) == (not written)
    by_id = [LayerAttributes(id=f"esl_{layer}", timeout=t) for layer, t in has.items()]
    assert [] == changes(held, by_id, "layer")
