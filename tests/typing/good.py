"""What type checkers make of correct code: each line says the type that is to be inferred."""

from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, assert_type

from pagertree_async import AsyncPagerTree, Hooks, KeyPair, Login, Outcome, Page, Pages, PagerTree, RetryPolicy, Timeout, Token, contains, ne
from pagertree_async.calling import Async, Blocking
from pagertree_async.http import Request, Response
from pagertree_async.v3.models import Account, Alert, Event, Team
from pagertree_async.v3.services import Alerts
from pagertree_async.v4 import AsyncPagerTree as AsyncPagerTree4
from pagertree_async.v4 import EmailAttributes, Events, UserAttributes
from pagertree_async.v4 import PagerTree as PagerTree4
from pagertree_async.v4.models import AccountUser, MaintenanceWindow
from pagertree_async.v4.models import Alert as Alert4
from pagertree_async.v4.services import Alerts as Alerts4


async def awaited() -> None:
    """Every call of an async client is awaited."""
    async with AsyncPagerTree(Token("a token"), timeout=Timeout(total=5), retry=RetryPolicy(attempts=2)) as client:
        assert_type(client, AsyncPagerTree)
        assert_type(client.alerts, Alerts[Async])
        team = await client.teams.retrieve("tem_1")
        assert_type(team, Team)
        assert_type(team.name, str | None)
        alert = await client.alerts.create(title="disk full", destination_ids=["tem_1", team], urgency="high", timeout=3.0)
        assert_type(alert, Alert)
        pending = assert_type(client.alerts.acknowledge(alert), Coroutine[Any, Any, Alert])
        await pending
        assert_type(await client.alerts.acknowledge("alt_1"), Alert)
        assert_type(await client.accounts.update("acc_1", name="x", extra_body={"odd": 1}), Account)
        await client.alerts.delete(alert, retry=RetryPolicy(attempts=5))
        assert_type(await client.alerts.mass_action(alert_ids=[alert], type="resolve"), list[Alert])
        listing = client.alerts.list(status=ne("open"), title=contains("disk"), limit=50)
        assert_type(listing, Pages[Async, Alert])
        assert_type(await listing, Page[Alert])
        assert_type((await listing).data, list[Alert])
        assert_type(await listing.first(), Page[Alert])
        assert_type(await listing.count(), int)
        assert_type(aiter(listing), AsyncIterator[Alert])
        assert_type(await client.alerts.find(title="disk full"), Alert | None)
        async for one in client.alerts.list():
            assert_type(one, Alert)
        async for page in listing.pages():
            assert_type(page, Page[Alert])
        async with client.alerts.list().concurrently(16) as alerts:
            async for one in alerts:
                assert_type(one, Alert)
        assert_type([event.id async for event in client.events.list()], list[str])
        assert_type(await client.request("GET", "/odd", params={"a": [1, 2]}), Response)


def called() -> None:
    """Every call of a blocking client gives its result."""
    with PagerTree(Login("ada@example.com", "a password"), base_url="https://api.test") as client:
        assert_type(client, PagerTree)
        assert_type(client.alerts, Alerts[Blocking])
        alert = client.alerts.create(title="disk full", destination_ids=["tem_1"])
        assert_type(alert, Alert)
        assert_type(client.alerts.acknowledge(alert), Alert)
        client.alerts.delete(alert)
        listing = client.alerts.list(page=2)
        assert_type(listing, Pages[Blocking, Alert])
        assert_type(listing.first(), Page[Alert])
        assert_type(listing.first().next_offset, int | None)
        assert_type(listing.count(), int)
        assert_type(iter(listing), Iterator[Alert])
        with listing.concurrently(16) as alerts:
            for one in alerts:
                assert_type(one, Alert)
        assert_type(client.alerts.find(title="disk full"), Alert | None)
        for one in client.alerts.list():
            assert_type(one, Alert)
        for page in client.events.list().pages():
            assert_type(page, Page[Event])
        assert_type(client.request("GET", "/odd"), Response)


async def of_v4(client: AsyncPagerTree4, blocking: PagerTree4) -> None:
    """API v4: an alert by its id, or by what the caller calls it; the write shapes; the window of a block."""
    assert_type(await client.alerts.acknowledge("alt_1", timeout=3.0), Alert4)
    pending = assert_type(client.alerts.resolve(thirdparty_id="db7/disk"), Coroutine[Any, Any, Alert4])
    await pending
    assert_type(blocking.alerts.resolve(thirdparty_id="db7/disk", timeout=3.0), Alert4)
    assert_type(blocking.alerts.for_each(["alt_1"], Alerts4.resolve), list[Outcome[Alert4]])
    assert_type(await client.account_users.create(name="Ada", email="ada@example.com"), AccountUser)
    person = UserAttributes(name="Ada", emails_attributes=[EmailAttributes(email="ada@example.com"), {"email": "a@b.c"}])
    assert_type(blocking.account_users.create(user_attributes=person), AccountUser)
    async with client.maintenance_windows.during(integration_ids=["int_1"], name="upgrade") as window:
        assert_type(window, MaintenanceWindow)
    with Events("int_1", transport="httpx", hooks=Hooks(on_retry=print)) as events:
        assert_type(events, Events)
        assert_type(events.resolve(dedup_key="disk-7"), None)


class Mine:
    """A transport is anything with the method."""

    async def send(self, request: Request) -> Response:
        """Answer at once."""
        return Response(status=200)


class MineBlocking:
    """A blocking transport too."""

    def send(self, request: Request) -> Response:
        """Answer at once."""
        return Response(status=200)


assert_type(AsyncPagerTree(KeyPair("a key", "a secret"), transport=Mine()), AsyncPagerTree)
assert_type(PagerTree("a token", transport=MineBlocking()), PagerTree)
