"""Lists: awaited, iterated, counted, searched; and what happens when the server's paging is at fault."""

from __future__ import annotations

import gc
import pickle
import tracemalloc
import warnings
from typing import Any

import anyio
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagertree_async.errors import (
    BadRequestError,
    ConnectionLostError,
    IncompleteListWarning,
    InvalidArgumentError,
    InvalidResponseError,
    MultipleFoundError,
    PagerTreeError,
    PaginationError,
    Sent,
)
from pagertree_async.http import Request, Response
from pagertree_async.query import ne
from tests.core.mini import Clock, Script, answer, client, query
from tests.modes import MODES, Mode, got, rows


def ids(numbers: Any) -> list[dict[str, Any]]:
    return [{"id": f"alt_{n}", "title": f"t{n}"} for n in numbers]


class Rows:
    """A server that pages through rows by offset and limit, honestly unless told otherwise."""

    def __init__(self, count: int, *, more: bool = True, total: bool = True, own_limit: int = 10) -> None:
        self.rows = ids(range(count))
        self.more, self.total, self.own_limit = more, total, own_limit
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: Request) -> Response:
        asked = query(request)
        self.queries.append(asked)
        limit = int(asked.get("limit", self.own_limit))
        offset = int(asked["offset"]) if "offset" in asked else (int(asked.get("page", 1)) - 1) * limit
        data = self.rows[offset : offset + limit]
        body: dict[str, Any] = {"data": data}
        if self.more:
            body["has_more"] = offset + len(data) < len(self.rows)
        if self.total:
            body["total_count"] = len(self.rows)
        return answer(200, body)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 250), st.integers(1, 100) | st.none(), st.booleans(), st.booleans(), st.sampled_from(MODES))
def test_pages_reassemble_any_list(count: int, limit: int | None, more: bool, total: bool, mode: str) -> None:
    """Whatever the length, the limit and what the server says of the rest, each row comes once, in order."""
    server, way = Rows(count, more=more, total=total), Mode(mode)

    async def scenario() -> list[Any]:
        listing = client(way, server).alerts.list(**({} if limit is None else {"limit": limit}))
        return await rows(listing)

    assert [row["id"] for row in server.rows] == [alert.id for alert in way.run(scenario)]
    size = limit or 100
    assert len(server.queries) <= count // size + 1
    assert {str(size)} == {asked["limit"] for asked in server.queries}


@pytest.mark.parametrize(
    ("given_", "first", "streamed"),
    [
        ({}, {}, {"limit": "100", "offset": "0"}),
        ({"limit": 7}, {"limit": "7"}, {"limit": "7", "offset": "0"}),
        ({"offset": 20}, {"offset": "20"}, {"limit": "100", "offset": "20"}),
        ({"page": 2}, {"page": "2"}, {"limit": "100", "offset": "100"}),
        ({"page": 3, "limit": 5}, {"page": "3", "limit": "5"}, {"limit": "5", "offset": "10"}),
        (
            {"status": "open", "limit": 3},
            {"status": "open", "limit": "3"},
            {"status": "open", "limit": "3", "offset": "0"},
        ),
    ],
)
def test_how_lists_are_asked_for(
    mode: Mode, given_: dict[str, Any], first: dict[str, str], streamed: dict[str, str]
) -> None:
    """Awaiting sends just what was given; iterating asks by offset, 100 a page unless told otherwise."""
    server = Rows(0)

    async def scenario() -> None:
        alerts = client(mode, server).alerts
        await got(alerts.list(**given_).first())
        await rows(alerts.list(**given_))

    mode.run(scenario)
    assert [first, streamed] == server.queries


@pytest.mark.parametrize(
    ("given_", "count", "next_offset"),
    [({}, 10, 10), ({"limit": 3}, 3, 3), ({"offset": 20}, 5, None), ({"page": 2}, 10, 20), ({"page": 3}, 5, None)],
)
def test_the_first_page(mode: Mode, given_: dict[str, Any], count: int, next_offset: int | None) -> None:
    """A page says whether there are more, how many in all, and where the next one begins, whatever the server tells."""
    for more, total in ((True, True), (True, False), (False, True), (False, False)):

        async def scenario(server: Rows = Rows(25, more=more, total=total)) -> Any:
            listing = client(mode, server).alerts.list(**given_)
            return await got(listing.first()) if mode.blocking else await listing

        page = mode.run(scenario)
        assert (count, next_offset) == (len(page.data), page.next_offset)
        assert page.has_more == (next_offset is not None)
        assert (25 if total else None) == page.total_count


def test_nothing_is_sent_before_it_is_needed(mode: Mode) -> None:
    """Asking for a list, its pages and an iterator sends nothing; each row is fetched when it is needed."""
    server = Rows(250)

    async def scenario() -> None:
        listing = client(mode, server).alerts.list(limit=100)
        assert "<alerts.list(): nothing sent yet>" == repr(listing)
        pages = listing.pages()
        walk = iter(pages) if mode.blocking else pages.__aiter__()
        items = iter(listing) if mode.blocking else listing.__aiter__()
        if not mode.blocking:
            assert items is items.__aiter__()
            assert walk is walk.__aiter__()
        assert [] == server.queries
        for _ in range(100):
            (next(items) if mode.blocking else await items.__anext__())
        assert 1 == len(server.queries)
        (next(items) if mode.blocking else await items.__anext__())
        assert 2 == len(server.queries)
        (next(walk) if mode.blocking else await walk.__anext__())
        assert 3 == len(server.queries)

    mode.run(scenario)


def test_pages_can_be_gone_through(mode: Mode) -> None:
    """``pages()`` gives the pages themselves, and can be gone through again."""

    async def scenario() -> list[Any]:
        pages = client(mode, Rows(25)).alerts.list(limit=10).pages()
        return [[(len(page.data), page.next_offset) for page in await rows(pages)] for _ in range(2)]

    assert [[(10, 10), (10, 20), (5, None)]] * 2 == mode.run(scenario)


def test_the_wrong_way_to_iterate_says_what_to_do(mode: Mode) -> None:
    """An async list in a ``for``, or a blocking one awaited, is a TypeError that names the right way."""

    async def scenario() -> None:
        listing = client(mode, Rows(1)).alerts.list()
        for thing in (listing, listing.pages()):
            if mode.blocking:
                with pytest.raises(TypeError, match=r"belongs to a blocking client: use 'for' or '.first\(\)'"):
                    thing.__aiter__()
            else:
                with pytest.raises(TypeError, match="belongs to an async client: use 'async for' or 'await'"):
                    iter(thing)
        if mode.blocking:
            with pytest.raises(TypeError, match="use 'for'"):
                await listing

    mode.run(scenario)


def test_counting_asks_for_one_row(mode: Mode) -> None:
    """The total costs one request of limit 1, filters included, wherever the list was to begin."""
    server = Rows(123)

    async def scenario() -> list[int]:
        alerts = client(mode, server).alerts
        return [
            await got(alerts.list(status="open", page=3).count()),
            await got(alerts.list(limit=50, offset=9).count()),
        ]

    assert [123, 123] == mode.run(scenario)
    assert [{"status": "open", "limit": "1", "offset": "0"}, {"limit": "1", "offset": "0"}] == server.queries


def test_counting_what_the_server_does_not_say(mode: Mode) -> None:
    """Without a total there is a clear error."""

    async def scenario() -> None:
        with pytest.raises(InvalidResponseError, match=r"alerts.list\(\): the server does not say how many there are"):
            await got(client(mode, Rows(3, total=False)).alerts.list().count())

    mode.run(scenario)


def page(numbers: Any, **rest: Any) -> Response:
    return answer(200, {"data": ids(numbers), **rest})


ENDLESS = {
    "an empty page that promises more": (page([], has_more=True), 0),
    "the same page for ever": (page(range(5), has_more=True), 5),
    "the same page with a total": (page(range(5), has_more=True, total_count=10_000), 5),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_lists_end(mode: Mode, name: str) -> None:
    """At most two requests after the list stopped going on there is an error, and what was yielded is valid."""
    sent, fresh = ENDLESS[name]
    script, seen = Script(sent), []

    async def scenario() -> PaginationError:
        async for one in _each(client(mode, script).alerts.list(limit=5)):
            seen.append(one.id)
        raise AssertionError("it ended")

    with pytest.raises(PaginationError) as caught:
        mode.run(scenario)
    assert fresh == len(seen)
    assert len(script.requests) <= (1 if fresh else 0) + 2
    assert caught.value.next_offset is not None
    assert "alerts.list()" in str(caught.value)


async def _each(listing: Any) -> Any:
    from tests.modes import each

    async for one in each(listing):
        yield one


def test_rows_in_another_order_are_the_same_page(mode: Mode) -> None:
    """A server that gives the same rows in changing order for ever is found out."""
    import random

    def shuffled(request: Request) -> Response:
        numbers = list(range(5))
        random.shuffle(numbers)
        return page(numbers, has_more=True)

    async def scenario() -> None:
        with pytest.raises(PaginationError):
            await rows(client(mode, shuffled).alerts.list(limit=5))

    mode.run(scenario)


def test_the_same_page_that_says_it_is_the_last(mode: Mode) -> None:
    """A server that ignores the offset, denies that there are more and counts millions is asked once more, not for ever."""
    script = Script(page(range(5), has_more=False, total_count=1_000_000))

    async def scenario() -> int:
        with pytest.warns(IncompleteListWarning, match="after 5 of 1000000 rows"):
            return len(await rows(client(mode, script).alerts.list(limit=5)))

    assert 5 == mode.run(scenario)
    assert 2 == len(script.requests)


def test_a_list_that_ends_short_is_read_again_and_warned_of(mode: Mode) -> None:
    """The end is asked for once more; when nothing comes the rows are given, with a warning."""
    script = Script(page(range(3), has_more=False, total_count=9), page([], has_more=False, total_count=9))

    async def scenario() -> int:
        with pytest.warns(IncompleteListWarning, match=r"alerts.list\(\) ended after 3 of 9 rows"):
            return len(await rows(client(mode, script).alerts.list()))

    assert 3 == mode.run(scenario)
    assert ["0", "3"] == [query(request)["offset"] for request in script.requests]


def test_has_more_that_denies_what_there_is(mode: Mode) -> None:
    """A ``has_more`` that is always false loses nothing when the total says otherwise."""
    honest = Rows(25)

    def denies(request: Request) -> Response:
        body = msgspec.json.decode(honest(request).body)
        return answer(200, body | {"has_more": False})

    async def scenario() -> list[str]:
        return [one.id for one in await rows(client(mode, denies).alerts.list(limit=10))]

    assert [row["id"] for row in honest.rows] == mode.run(scenario)


def test_has_more_that_promises_once_too_often(mode: Mode) -> None:
    """One empty page that promises more is forgiven when the next one ends the list."""
    script = Script(page(range(3), has_more=True), page([], has_more=True), page([], has_more=False))

    async def scenario() -> int:
        return len(await rows(client(mode, script).alerts.list(limit=3)))

    assert 3 == mode.run(scenario)


def test_more_rows_than_asked_and_duplicates(mode: Mode) -> None:
    """Rows beyond the limit are given, and the next page is asked for behind them; a page seen before is given once."""
    script = Script(
        page(range(5), has_more=True),
        page(range(5), has_more=True),
        page(range(5, 8), has_more=True),
        page([], has_more=False),
    )

    async def scenario() -> list[str]:
        return [one.id for one in await rows(client(mode, script).alerts.list(limit=2))]

    assert [f"alt_{n}" for n in range(8)] == mode.run(scenario)
    assert ["0", "5", "10", "13"] == [query(request)["offset"] for request in script.requests]


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (answer(400), BadRequestError),
        (lambda _: ConnectionLostError("reset", sent=Sent.MAYBE), ConnectionLostError),
        (answer(200, b"<html>"), InvalidResponseError),
        (answer(200, {"rows": []}), InvalidResponseError),
        (answer(200, {"data": [{"title": "no id"}]}), InvalidResponseError),
        (answer(200, b'{"data": [{"id": "\xff"}]}'), InvalidResponseError),
        (answer(200, {"data": [], "total_count": "many"}), InvalidResponseError),
    ],
)
def test_an_error_in_mid_list_says_where_to_go_on(mode: Mode, clock: Clock, failure: Any, kind: Any) -> None:
    """What was yielded is valid, and the error carries the offset of the page that failed, also when pickled."""
    script, seen = Script(page(range(5), has_more=True), failure), []

    async def scenario() -> None:
        async for one in _each(client(mode, script).alerts.list(limit=5, offset=40)):
            seen.append(one.id)

    with pytest.raises(kind) as caught:
        mode.run(scenario)
    assert 5 == len(seen)
    assert 45 == caught.value.next_offset == pickle.loads(pickle.dumps(caught.value)).next_offset
    assert "the list can go on from offset 45" in str(caught.value)
    assert ("GET", "/alert") == (caught.value.method, caught.value.path)


def test_an_error_that_knows_its_offset_keeps_it(mode: Mode) -> None:
    """Where a lower layer set the offset, it stands."""

    def fails(request: Request) -> Response:
        error = ConnectionLostError("reset")
        error.next_offset = 7
        raise error

    async def scenario() -> None:
        with pytest.raises(PagerTreeError) as caught:
            await rows(client(mode, fails, retry=None).alerts.list(retry={"attempts": 1}))
        assert 7 == caught.value.next_offset

    mode.run(scenario)


def test_a_row_of_another_shape_is_told(mode: Mode) -> None:
    """A row that does not fit names what is wrong; one that is not JSON is malformed."""
    for body, said, malformed in (
        (b'{"data": [{"id": 3}]}', "a row of the list has another shape: Expected `str`, got `int`", False),
        (b'{"data": [{"id": "a", "title": "\xff"}]}', "a row of the list is not JSON", True),
    ):

        async def scenario(body: bytes = body, said: str = said) -> InvalidResponseError:
            with pytest.raises(InvalidResponseError, match=said) as caught:
                await got(client(mode, Script(answer(200, body))).alerts.list().first())
            return caught.value

        assert malformed == mode.run(scenario).malformed


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_breaking_out_leaves_nothing_and_warns_of_nothing(backend: str) -> None:
    """After a ``break`` nothing is open, nothing was sent ahead, and no garbage is complained of."""
    server = Rows(1000)

    async def scenario() -> None:
        alerts = client(Mode(backend), server).alerts
        async for one in alerts.list(limit=10):
            if one.id == "alt_12":
                break
        async for page_ in alerts.list(limit=10).pages():
            assert page_.data
            break
        gc.collect()
        await anyio.lowlevel.checkpoint()

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        anyio.run(scenario, backend=backend)
        gc.collect()
    assert 3 == len(server.queries)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_cancelled_page_is_asked_for_again(backend: str) -> None:
    """An iterator whose page was cancelled goes on where it stood."""
    server, slow = Rows(25), [False]

    async def sometimes(request: Request) -> Response:
        await anyio.sleep(1 if slow[0] else 0)
        return server(request)

    async def scenario() -> list[str]:
        items = client(Mode(backend), sometimes).alerts.list(limit=10).__aiter__()
        seen = [(await items.__anext__()).id for _ in range(10)]
        slow[0] = True
        with anyio.move_on_after(0.01):
            await items.__anext__()
        slow[0] = False
        return seen + [one.id async for one in items]

    assert [row["id"] for row in server.rows] == anyio.run(scenario, backend=backend)


def test_a_bare_array_is_a_whole_list(mode: Mode) -> None:
    """A list that comes without an envelope has no more and counts itself."""

    async def scenario() -> tuple[int, Any]:
        alerts = client(mode, Script(answer(200, ids(range(3))))).alerts
        return len(await rows(alerts.list())), await got(alerts.list().first())

    count, first = mode.run(scenario)
    assert (3, 3, False) == (count, first.total_count, first.has_more)


def test_finding_the_one(mode: Mode) -> None:
    """The one match, None, or an error when several match; the server is asked to filter and not trusted to."""
    server = Rows(250)
    server.rows[3]["tags"] = ["red", "blue"]
    server.rows[4]["created"] = 1524787370
    server.rows.append({"id": "alt_250", "title": "t1"})

    async def scenario() -> list[Any]:
        alerts = client(mode, server).alerts
        found = [
            await got(alerts.find(title="t7")),
            await got(alerts.find(title="nothing")),
            await got(alerts.find(tags="blue")),
            await got(alerts.find(created=1524787370)),
            await got(alerts.find(title="t7", timeout=5)),
            await got(alerts.list(limit=50).find(title="t249")),
            await got(alerts.list(offset=8).find(title="t7")),
        ]
        with pytest.raises(MultipleFoundError, match="several have title='t1', among them alt_1 and alt_250"):
            await got(alerts.find(title="t1"))
        return [one and one.id for one in found]

    assert ["alt_7", None, "alt_3", "alt_4", "alt_7", "alt_249", None] == mode.run(scenario)
    assert {"title": "t7", "limit": "100", "offset": "0"} == server.queries[0]


def test_one_object_that_comes_twice_is_one(mode: Mode) -> None:
    """A row that a shifting page repeats is not several."""
    script = Script(page([1, 2], has_more=True), page([2, 3], has_more=False))

    async def scenario() -> str:
        return str((await got(client(mode, script).alerts.find(title="t2"))).id)

    assert "alt_2" == mode.run(scenario)


def test_what_the_server_alone_can_filter_is_left_to_it(mode: Mode) -> None:
    """An attribute that the rows do not show is the server's to compare."""
    script = Script(page([1], has_more=False))

    async def scenario() -> str:
        return str((await got(client(mode, script).alerts.find(only_here="x"))).id)

    assert "alt_1" == mode.run(scenario)


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({}, r"finds by an attribute: find\(name=...\)"),
        ({"timeout": 5}, "finds by an attribute"),
        ({"title": ne("x")}, "finds by what an attribute equals, not by title=Op"),
        ({"limit": 5}, "finds by what an attribute equals, not by limit=5"),
        ({"page": 5, "title": "x"}, "not by page=5"),
        ({"titel": "x"}, "did you mean 'title'"),
        ({"title": 3}, "title: expected"),
        ({"tags": ["red", "blue"]}, "finds by one value of 'tags', not by several. An attribute that holds several"),
        ({"tags": ("red",)}, "finds by one value of 'tags', not by several"),
    ],
)
def test_finding_by_nothing_that_can_be_found_by(mode: Mode, attributes: dict[str, Any], said: str) -> None:
    """No attribute, a comparison, a page or a wrong type: a clear error, and nothing sent."""
    script = Script(page([1], has_more=False))

    async def scenario() -> None:
        alerts = client(mode, script).alerts
        for find in (alerts.find, alerts.list().find):
            with pytest.raises(InvalidArgumentError, match=said):
                await got(find(**attributes))

    mode.run(scenario)
    assert [] == script.requests


def test_lists_under_an_object(mode: Mode) -> None:
    """A list below an object is asked for by its path."""
    script = Script(page([1], has_more=False))

    async def scenario() -> None:
        alerts = client(mode, script).alerts
        (found,) = await rows(alerts.logs("alt_9"))
        await rows(alerts.logs(found, limit=3))

    mode.run(scenario)
    assert [("GET", "/alert/alt_9/logs"), ("GET", "/alert/alt_1/logs")] == script.seen


def test_timeouts_and_retries_of_a_list_are_those_of_its_pages(mode: Mode, clock: Clock) -> None:
    """Options of a list hold for each of its requests."""
    script = Script(answer(500))

    async def scenario() -> None:
        with pytest.raises(PagerTreeError):
            await rows(client(mode, script).alerts.list(timeout=7, retry={"attempts": 2}, extra_query={"odd": "1"}))

    mode.run(scenario)
    assert [7.0, 7.0] == [request.timeout.total for request in script.requests]
    assert "1" == query(script.requests[0])["odd"]


@pytest.mark.parametrize("way", ["asyncio", "blocking"])
def test_streaming_many_rows_takes_no_more_memory_than_few(way: str) -> None:
    """100,000 rows peak within 5 MiB of 1,000."""
    mode = Mode(way)

    def server(request: Request) -> Response:
        asked = query(request)
        offset = int(asked["offset"])
        data = b",".join(b'{"id":"alt_%d","title":"disk full","x":1}' % n for n in range(offset, offset + 100))
        end = offset + 100 >= total
        return Response(status=200, body=b'{"data":[' + data + b'],"has_more":' + (b"false" if end else b"true") + b"}")

    async def scenario() -> int:
        mini = client(mode, _Forgetful(server, blocking=mode.blocking))
        count = 0
        async for one in _each(mini.alerts.list()):
            count += len(one.id) > 0
        return count

    peaks = []
    for total in (1_000, 100_000):
        tracemalloc.start()
        assert total == mode.run(scenario)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 5 * 1024 * 1024


def _Forgetful(handler: Any, *, blocking: bool) -> Any:
    """A transport in memory that does not keep its requests."""

    class Blocking:
        def send(self, request: Request) -> Response:
            return handler(request)

    class Async:
        async def send(self, request: Request) -> Response:
            return handler(request)

    return Blocking() if blocking else Async()
