"""What type checkers are to refuse: exactly the lines that are marked."""

from pagertree_async import AsyncPagerTree, KeyPair, Login, PagerTree, ne
from pagertree_async.http import Request, Response
from pagertree_async.v4 import PagerTree as PagerTree4


class Awaits:
    """A transport that suspends."""

    async def send(self, request: Request) -> Response:
        """Answer at once."""
        return Response(status=200)


class Blocks:
    """A transport that blocks."""

    def send(self, request: Request) -> Response:
        """Answer at once."""
        return Response(status=200)


async def awaited(client: AsyncPagerTree) -> None:
    """An async client that is misused."""
    await client.alerts.create(title="t", destination_ids=["tem_1"])
    await client.alerts.create(destination_ids=["tem_1"])  # ERROR
    await client.alerts.create(title=3, destination_ids=["tem_1"])  # ERROR
    await client.alerts.create(title="t", destination_ids=["tem_1"], titel="t")  # ERROR
    await client.alerts.create(title="t", destination_ids=["tem_1"], timeout="5")  # ERROR
    await client.alerts.create("t")  # ERROR
    await client.alerts.retrieve()  # ERROR
    await client.alerts.retrieve(3)  # ERROR
    client.alerts.retrieve("alt_1").title  # ERROR
    await client.accounts.create(name="x")  # ERROR
    client.accounts.list()  # ERROR
    await client.alerts.acknowledge("alt_1", note="x")  # ERROR
    client.alerts.list(titel="x")  # ERROR
    client.alerts.list(title=3)  # ERROR
    client.alerts.list(limit=ne(3))  # ERROR
    for _ in client.alerts.list():  # ERROR
        pass
    for _ in client.alerts.list().pages():  # ERROR
        pass
    with client.alerts.list().concurrently(3):  # ERROR
        pass
    client.close()  # ERROR
    with client:  # ERROR
        pass
    (await client.alerts.retrieve("alt_1")).title = "other"  # ERROR


async def called(client: PagerTree) -> None:
    """A blocking client that is misused."""
    client.alerts.create(title="t", destination_ids=["tem_1"]).title
    await client.alerts.retrieve("alt_1")  # ERROR
    await client.alerts.list()  # ERROR
    async for _ in client.alerts.list():  # ERROR
        pass
    async with client:  # ERROR
        pass
    client.alerts.create(destination_ids=["tem_1"])  # ERROR


def of_v4(client: PagerTree4) -> None:
    """An alert of v4 is acted on by its id or by its name."""
    client.alerts.resolve()  # ERROR
    client.alerts.resolve("alt_1", thirdparty_id="db7/disk")  # ERROR
    client.alerts.resolve(thirdparty_id=3)  # ERROR
    client.alerts.resolve("alt_1", timeut=3)  # ERROR
    client.alerts.resolve(title="t")  # ERROR


AsyncPagerTree("a token", transport=Awaits())
PagerTree("a token", transport=Blocks())
AsyncPagerTree("a token", transport=Blocks())  # ERROR
PagerTree("a token", transport=Awaits())  # ERROR
AsyncPagerTree(3)  # ERROR
PagerTree4(KeyPair("a key", "a secret"))
PagerTree4(Login("ada@example.com", "a password"))  # ERROR
PagerTree4("a key", hooks=print)  # ERROR
PagerTree4("a key", hook=None)  # ERROR
