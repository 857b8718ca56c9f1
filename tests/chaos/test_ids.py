"""Whatever is given as an id: it is refused before any request, or stands in its one segment of the template."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pagertree_async import InvalidArgumentError, PagerTree, PagerTreeError, oncall, v4
from pagertree_async.endpoints import Operation, operations
from pagertree_async.http import Request, Response
from pagertree_async.pagerduty import ApiToken, Basic, PagerDuty
from pagertree_async.services import Service
from pagertree_async.transports import MemoryTransport
from pagertree_async.v3 import models as v3_models

NOW = datetime(2026, 5, 28, 20, 26, 40, tzinfo=UTC)
LATER = NOW + timedelta(hours=8)
GIVEN = {
    "account_user_ids": ["acu_1"],
    "action_time": NOW,
    "body": "looking",
    "end": LATER,
    "end_time": LATER,
    "layer": 1,
    "start": NOW,
    "start_time": NOW,
    "team_ids": ["tem_1"],
    "time_zone": "Europe/Berlin",
    "to": "usr_1",
}
"""Arguments that some operation cannot do without."""

# fmt: off
HOSTILE = [
    "", ".", "..", "...", "../x", "a/b", "a/../b", "/", "//", "/etc", "a/", "%2e%2e", "%2E%2E%2F", "%2f", "a%2fb", "%252e%252e",
    "%", "%zz", "%00", "%0d%0a", "\r\n", "a\r\nhost: evil.example", "a\nb", "alt_1\n", "alt_1\r", "\x00", "a\x00", "\x7f", "\t",
    "a?b=c", "?", "#", "a#b", "\\", "a\\b", "..\\..", ";", "..;/x", "a;b", " ", "a b", " a", "a ", "a,b", "a&b=c", "a=b", "a+b",
    "é", "ß", "K", "ａｌｔ＿１", "१२३", "․․", "／", "．．", "。", "\u202e", "\u200b", "\ud800", "\ufeffalt_1", "💥",
    "a" * 65, "a" * 100_000, "//evil.example/x", "https://evil.example/", "@evil.example", "a:b", "a@b", "{id}", "{of}",
    "${jndi:x}", "*", "'", '"', "<a>", "|", "`", "^", "~", "!", "$", "(", "[", "-", "_", "me", "None", "null", "0",
]
# fmt: on
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=70),
    st.lists(st.sampled_from(HOSTILE[:70]), min_size=2, max_size=4).map("".join),
    st.text(st.sampled_from("./\\%?#:@;&=+ \t\r\n\x00{}é１2eE"), min_size=1, max_size=12),
    st.text(min_size=1, max_size=12).map(lambda text: quote(f"../{text}", safe="")),
    st.from_regex(re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII), fullmatch=True),
)
ids = st.one_of(
    texts,
    texts.map(lambda text: v3_models.Alert(id=text)),
    st.sampled_from([None, 7, 7.5, True, b"alt_1", ["alt_1"], ("alt_1",), {"id": "alt_1"}, object()]),
)


def text_of(thing: Any) -> str:
    """The text that an id is."""
    return thing.id if isinstance(thing, v3_models.Alert) else thing


def own(count: int) -> Any:
    """That many examples: of all that the tests here draw, ten thousand are hostile."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


class Api:
    """A client that answers nothing, and what it can do with ids."""

    def __init__(self, client: Any, transport: MemoryTransport, root: str) -> None:
        self.transport = transport
        self.root = root
        self.client = client
        services = [value for value in vars(client).values() if isinstance(value, Service)]
        self.operations = [
            (service, operation)
            for service in services
            for operation in operations(type(service))
            if operation.arguments and not operation.choices
        ]

    def call(self, service: Any, operation: Operation, *ids: Any) -> None:
        """Make a call; what becomes of it is of no interest unless it is refused."""
        given = {name: GIVEN[name] for name in needed(operation)}
        made = getattr(service, operation.verb)(*ids, **given)
        if operation.paged:
            made.first()


def needed(operation: Operation) -> list[str]:
    """The arguments that an operation cannot do without."""
    from msgspec.structs import fields

    return [field.name for field in fields(operation.params) if field.required]


def api(kind: Any, root: str, auth: Any, **terms: Any) -> Api:
    """A client over memory."""
    transport = MemoryTransport(lambda request: Response(status=418))
    return Api(kind(auth, base_url="https://api.test", transport=transport, **terms), transport, root)


V3 = api(PagerTree, "/", "a-token")
V4 = api(v4.PagerTree, "/api/v4/", "a-key")


def asked(transport: MemoryTransport, call: Any) -> list[Request]:
    """The requests that a call makes: none when it is refused."""
    transport.requests.clear()
    try:
        call()
    except InvalidArgumentError:
        assert [] == transport.requests
    except PagerTreeError:
        assert transport.requests
    return list(transport.requests)


def on_the_template(request: Request, path: str) -> None:
    """Hold a request against the one address that it may have."""
    parts = urlsplit(request.url)
    assert ("https", "api.test", path, "") == (parts.scheme, parts.netloc, parts.path, parts.fragment)
    assert request.url.isascii()
    assert request.url.isprintable()
    assert request.url.removeprefix("https://api.test").startswith(path)


def test_every_operation_is_there() -> None:
    """With ids that are ids every operation makes its request, at its template."""
    for one in (V3, V4):
        assert 50 < len(one.operations)
        for service, operation in one.operations:
            requests = asked(one.transport, lambda: one.call(service, operation, *["id_1"] * len(operation.arguments)))
            path = re.sub(r"\{\w+\}", "id_1", service.path + operation.path)
            assert [operation.method] == [request.method for request in requests]
            on_the_template(requests[0], one.root.rstrip("/") + path)


@pytest.mark.parametrize("one", [V3, V4], ids=["v3", "v4"])
@own(4500)
@given(data=st.data())
def test_ids_in_paths(one: Api, data: st.DataObject) -> None:
    """For each operation of both versions: a hostile id is refused, any other stands where the template has it."""
    service, operation = data.draw(st.sampled_from(one.operations))
    given_ids = [data.draw(ids) for _ in operation.arguments]
    requests = asked(one.transport, lambda: one.call(service, operation, *given_ids))
    path = service.path + operation.path
    for name, thing in zip(operation.arguments, given_ids, strict=True):
        path = path.replace(f"{{{name}}}", quote(text_of(thing), safe="") if requests else "")
    for request in requests:
        on_the_template(request, one.root.rstrip("/") + path)
        assert path.count("/") == (service.path + operation.path).count("/")


@own(1500)
@given(thing=ids, text=st.text(max_size=50) | st.sampled_from([text for text in HOSTILE if len(text) < 100]))
def test_ids_and_texts_in_queries(thing: Any, text: str) -> None:
    """A hostile id in a query is refused; a text there is one value, whatever it holds, and never another parameter."""
    for one, call in (
        (V3, lambda: V3.client.alerts.list(source_id=thing, title=text).first()),
        (V4, lambda: V4.client.alerts.list(source_id=thing, extra_query={"q": text}).first()),
        (V3, lambda: V3.client.alerts.list(source_id=thing, extra_query={text: text}).first()),
    ):
        for request in asked(one.transport, call):
            on_the_template(request, f"{one.root}alert" + ("s" if one is V4 else ""))
            pairs = parse_qsl(urlsplit(request.url).query, keep_blank_values=True)
            assert text in dict(pairs).values()
            assert {text_of(thing)} <= set(dict(pairs).values())
            assert len(pairs) <= 3


def pagerduty() -> tuple[Any, MemoryTransport]:
    """A client of PagerDuty's whose parts are all at one address."""
    from pagertree_async.pagerduty import Region

    transport = MemoryTransport(lambda request: Response(status=418))
    region = Region.at("https://api.test")
    basic = Basic("ada@example.com", "a-password")
    return PagerDuty(ApiToken("a-key"), basic=basic, subdomain="acme", region=region, transport=transport), transport


DUTY, DUTY_TRANSPORT = pagerduty()


@own(1500)
@given(thing=ids)
def test_ids_of_pagerduty(thing: Any) -> None:
    """The same where a method takes the id of an incident, a schedule or a team."""
    calls = [
        ("/incidents/{}/log_entries", lambda: list(DUTY.iter_incident_notes(thing))),
        ("/api/v1/schedules/{}/entries", lambda: DUTY.schedules.entries(thing, NOW, LATER)),
        ("/schedules/{}", lambda: oncall.entries(DUTY, thing, NOW, LATER)),
        ("/schedules/{}", lambda: oncall.now(DUTY, thing)),
    ]
    for path, call in calls:
        named = thing.get("id") if isinstance(thing, dict) else text_of(thing)
        for request in asked(DUTY_TRANSPORT, call):
            if thing is not None or "incidents" not in path:
                on_the_template(request, path.format(quote(named, safe="")))


@own(1500)
@given(text=texts, verb=st.sampled_from(["get", "delete", "rget", "jget"]), by_self=st.booleans())
def test_addresses_of_pagerduty(text: str, verb: str, by_self: bool) -> None:
    """An address that a caller puts together stays below the root, and no server reads another path out of it."""
    target = {"self": f"https://api.test/users/{text}"} if by_self else f"users/{text}"
    for request in asked(DUTY_TRANSPORT, lambda: getattr(DUTY, verb)(target)):
        parts = urlsplit(request.url)
        assert ("https", "api.test", "") == (parts.scheme, parts.netloc, parts.fragment)
        assert parts.path.startswith("/users/")
        assert request.url.isascii()
        assert request.url.isprintable()
        segments = unquote(unquote(parts.path)).replace("\\", "/").split("/")
        assert not {".", ".."} & set(segments[:-1]) or "%25" in parts.path
        assert not {".", ".."} & set(unquote(parts.path).replace("\\", "/").split("/"))


@own(1000)
@given(thing=ids)
def test_ids_of_whoever_is_asked_who_is_on_call(thing: Any) -> None:
    """The same for the question that every API answers, and for the events that an integration takes in."""
    for one in (V3, V4):
        calls = [lambda: oncall.entries(one.client, thing, NOW, LATER), lambda: oncall.now(one.client, thing)]
        for call in calls:
            for request in asked(one.transport, call):
                named = thing["id"] if isinstance(thing, dict) else text_of(thing)
                assert named in urlsplit(request.url).path.split("/")
    transport = MemoryTransport(lambda request: Response(status=418))

    def tell() -> None:
        v4.Events(thing, base_url="https://api.test", transport=transport).resolve(dedup_key="disk-7")

    for request in asked(transport, tell):
        on_the_template(request, f"/integration/{quote(text_of(thing), safe='')}")
