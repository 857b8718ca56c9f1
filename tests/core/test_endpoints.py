"""Endpoints: as data, as methods with signatures, and as calls."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
import pytest

from pagertree_async.endpoints import Endpoint, Finds, Lists, Operation, operations
from pagertree_async.errors import InvalidResponseError, ResponseMismatchError
from pagertree_async.retry import Safety
from tests.core.mini import ALERT, FINE, Alert, Alerts, Script, answer, client
from tests.modes import Mode, got

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any], str, str]] = [
    ("create", (), {"title": "t"}, "POST", "/alert"),
    ("retrieve", ("alt_1",), {}, "GET", "/alert/alt_1"),
    ("update", ("alt_1",), {"title": "t"}, "PUT", "/alert/alt_1"),
    ("delete", ("alt_1",), {}, "DELETE", "/alert/alt_1"),
    ("clear", ("alt_1",), {}, "DELETE", "/alert/alt_1/logs"),
    ("acknowledge", ("alt_1",), {}, "POST", "/alert/alt_1/acknowledge"),
    ("touch", (Alert("alt_1"),), {}, "POST", "/alert/alt_1/touch"),
    ("comment", ("alt_1",), {"title": "t"}, "POST", "/alert/alt_1/comment"),
    ("poke", (), {}, "POST", "/alert"),
    ("mass", (), {}, "POST", "/alert/mass"),
    ("stats", (), {}, "GET", "/alert/stats"),
    ("template", ("plain",), {}, "GET", "/alert/template/plain"),
]


@pytest.mark.parametrize(("verb", "args", "kwargs", "method", "path"), CALLS)
def test_what_each_word_sends(mode: Mode, verb: str, args: Any, kwargs: dict[str, Any], method: str, path: str) -> None:
    """Each word of a service is one request of its method and path; the answer becomes its result."""
    script = Script(FINE)

    async def scenario() -> Any:
        return await got(getattr(client(mode, script).alerts, verb)(*args, **kwargs))

    result = mode.run(scenario)
    assert [(method, path)] == script.seen
    assert (b'{"title":"t"}' if kwargs else b"") == script.requests[0].body
    if verb in {"delete", "clear", "poke"}:
        assert None is result
    elif verb in {"comment", "mass", "stats", "template"}:
        assert ALERT == result
    else:
        assert "alt_1" == result.id


def test_a_list_of_things_is_a_result_too(mode: Mode) -> None:
    """An answer that is an array becomes a list."""

    async def scenario() -> Any:
        return await got(client(mode, Script(answer(200, [1, 2]))).alerts.events("alt_1"))

    assert [1, 2] == mode.run(scenario)


def test_operations_are_data() -> None:
    """A service lists what it can do, in its order, with method, path, safety and arguments."""
    table = {one.verb: (one.method, one.path, one.safety, one.arguments) for one in operations(Alerts)}
    assert ("POST", "", Safety.CREATE, ()) == table["create"]
    assert ("GET", "/{id}", Safety.READ, ("id",)) == table["retrieve"]
    assert ("PUT", "/{id}", Safety.IDEMPOTENT, ("id",)) == table["update"]
    assert ("DELETE", "/{id}", Safety.IDEMPOTENT, ("id",)) == table["delete"]
    assert ("POST", "/{id}/acknowledge", Safety.STATE, ("id",)) == table["acknowledge"]
    assert ("POST", "/{id}/comment", Safety.CREATE, ("id",)) == table["comment"]
    assert ("GET", "", Safety.READ, ()) == table["list"]
    assert ("GET", "/{of}/logs", Safety.READ, ("of",)) == table["logs"]
    assert ("GET", "/template/{type}", Safety.READ, ("type",)) == table["template"]
    assert ["list", "find", "create"] == [one.verb for one in operations(Alerts)][:3]
    assert [True, False] == [Alerts.list.paged, Alerts.create.paged]
    assert [True, False] == [Alerts.find.derived, Alerts.list.derived]
    assert ("plain", "fancy") == Alerts.template.choices


def test_on_the_class_an_endpoint_is_itself() -> None:
    """Asked of the class, not of a client's service, one gets the data."""
    assert [Lists, Finds, Endpoint] == [type(Alerts.list), type(Alerts.find), type(Alerts.create)]


def test_a_verb_that_the_api_lacks_does_not_exist(mode: Mode) -> None:
    """Nothing is there that was not declared."""
    assert not hasattr(client(mode, Script(FINE)).alerts, "resolve")


def test_signatures_and_documentation(mode: Mode) -> None:
    """``help()`` shows parameters, defaults, result and docstring."""
    alerts = client(mode, Script(FINE)).alerts
    assert (
        "(*, title: str, destination_ids: Sequence[Ref] = ..., due: UnixSeconds = ..., meta: Any = ..., timeout"
        in str(inspect.signature(alerts.create))
    )
    assert str(inspect.signature(alerts.create)).endswith(") -> Alert")
    assert str(inspect.signature(alerts.retrieve)).startswith("(id, /, *, timeout: float | Timeout = ...")
    assert str(inspect.signature(alerts.list)).endswith(") -> Pages[Alert]")
    assert str(inspect.signature(alerts.find)).endswith(") -> Alert | None")
    assert str(inspect.signature(alerts.delete)).endswith(") -> None")
    documented = inspect.getdoc(alerts.create) or ""
    assert documented.startswith("Create an alert.\n\nArgs:\n")
    assert "    extra_body: More values of the JSON body" in documented
    assert ("create", "Alerts.create", "tests.core.mini") == (
        alerts.create.__name__,
        alerts.create.__qualname__,
        alerts.create.__module__,
    )
    assert alerts.create == alerts.create
    assert repr(alerts).startswith("<alerts: list, find, create, retrieve, ")


def test_an_answer_about_another_object_is_refused(mode: Mode) -> None:
    """A call by id gets that id, or an error that nothing was mixed up silently."""

    async def scenario() -> ResponseMismatchError:
        with pytest.raises(ResponseMismatchError) as caught:
            await got(client(mode, Script(answer(200, {"id": "alt_2"}))).alerts.update("alt_1", title="t"))
        return caught.value

    error = mode.run(scenario)
    assert "200, but the answer is about 'alt_2' and not about 'alt_1'" in str(error)
    assert (200, True, msgspec.json.encode({"id": "alt_2"})) == (error.status, error.maybe_applied, error.body)


def test_an_empty_answer_where_an_object_was_due(mode: Mode) -> None:
    """A 204 to a call that promises an object is a clear error."""

    async def scenario() -> InvalidResponseError:
        with pytest.raises(InvalidResponseError, match="204, but the answer is empty") as caught:
            await got(client(mode, Script(answer(204))).alerts.create(title="t"))
        return caught.value

    assert mode.run(scenario).maybe_applied


def test_an_operation_of_ones_own_says_what_it_does() -> None:
    """The base class declares data and leaves the doing to its subclasses."""

    def stub() -> None:
        """Nothing."""

    operation = Operation(stub, "GET", "/{id}", msgspec.Struct, None, Safety.READ)  # type: ignore[arg-type]
    assert ("stub", "Nothing.", ("id",)) == (operation.verb, operation.__doc__, operation.arguments)
    with pytest.raises(NotImplementedError):
        operation.run(None, (), {})  # type: ignore[arg-type]
