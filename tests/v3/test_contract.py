"""The services have what the vendor's reference has, no less and no more."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from pagertree_async import PagerTree, Pages
from pagertree_async.endpoints import Operation, Service, operations
from pagertree_async.models import Part
from pagertree_async.params import OPTION_NAMES, Options, Query, names_of
from pagertree_async.retry import Safety
from pagertree_async.v3 import models, resources
from pagertree_async.v3.services import SERVICES, Services
from tests.v3.vendor import ENDPOINTS, EVERY, FIELDS

OPERATIONS = {
    f"{service.name}.{operation.verb}": (service, operation)
    for service in SERVICES
    for operation in operations(service)
    if not operation.derived or operation.verb == "find"
}
NAMES = [service.name for service in SERVICES]
RESOURCES = [import_module(f"{resources.__name__}.{found.name}") for found in iter_modules(resources.__path__)]
PARAMS = {
    f"{module.__name__.rpartition('.')[2]}.{kind.__name__}": kind
    for module in RESOURCES
    for kind in vars(module).values()
    if isinstance(kind, type) and kind.__module__ == module.__name__ and issubclass(kind, Options)
}
STATE = {f"alerts.{verb}" for verb in ("acknowledge", "resolve", "archive")} | {
    "incidents.acknowledge",
    "incidents.resolve",
}
REACHED = {"acknowledge": {"acknowledged"}, "resolve": {"resolved", "archived"}, "archive": {"archived"}}


def template(service: Any, operation: Operation) -> str:
    """The path as the vendor writes it."""
    return (service.path + operation.path).replace("{id}", ":id").replace("{of}", ":id").replace("{type}", ":type")


def test_no_endpoint_is_forgotten_and_none_invented() -> None:
    """What is declared is exactly the vendor's list."""
    declared = {
        (operation.method, template(service, operation), name)
        for name, (service, operation) in OPERATIONS.items()
        if not operation.derived
    }
    assert {(one.method, one.path, one.name) for one in ENDPOINTS} == declared


def test_a_path_is_declared_once() -> None:
    """No two of the vendor's endpoints are the same."""
    assert len({(one.method, one.path) for one in ENDPOINTS}) == len(ENDPOINTS)


@pytest.mark.parametrize("name", NAMES)
def test_a_verb_that_the_api_lacks_does_not_exist(name: str) -> None:
    """A service has the usual verbs where the vendor has them, and finds where it lists."""
    there = {one.verb for one in ENDPOINTS if one.service == name}
    there |= {"find"} if "list" in there else set()
    service = getattr(PagerTree("a-token"), name)
    usual = ("list", "find", "create", "retrieve", "update", "delete")
    assert {verb: verb in there for verb in usual} == {verb: hasattr(service, verb) for verb in usual}


@pytest.mark.parametrize("name", NAMES)
def test_verbs_stand_in_their_order(name: str) -> None:
    """List, find, create, retrieve, update, delete come first, then what only this resource has."""
    usual = ["list", "find", "create", "retrieve", "update", "delete"]
    verbs = [operation.verb for service, operation in OPERATIONS.values() if service.name == name]
    first = [verb for verb in usual if verb in verbs]
    assert first == verbs[: len(first)]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_one_resource_is_one_file(service: Any) -> None:
    """A service stands in the file of its name, with its object and what its own calls take; nothing else stands there."""
    module = sys.modules[service.__module__]
    assert f"{resources.__name__}.{service.name}" == module.__name__
    own = {"list", "create", "retrieve", "update"}
    for operation in operations(service):
        kinds = {operation.params, operation.result} if operation.verb in own else set()
        assert {module.__name__} >= {kind.__module__ for kind in kinds} - {Options.__module__}
    assert [service] == [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Service) and kind.__module__ == module.__name__
    ]
    assert len(inspect.getsource(module).splitlines()) <= 500


def test_every_service_is_on_the_client() -> None:
    """The client has each of them under its name, in the order of the alphabet."""
    client = PagerTree("a-token")
    assert NAMES == sorted(NAMES) == [name for name in vars(client) if not name.startswith("_")]
    assert list(SERVICES) == [type(getattr(client, name)) for name in NAMES]
    assert isinstance(client, Services)


@pytest.mark.parametrize("name", OPERATIONS)
def test_its_documentation_names_its_source(name: str) -> None:
    """Every verb says in a sentence what it does, and which of the vendor's endpoints it is."""
    service, operation = OPERATIONS[name]
    text = inspect.getdoc(getattr(getattr(PagerTree("a-token"), service.name), operation.verb)) or ""
    assert text.split("\n")[0].endswith(".")
    assert f"Source: ``{operation.method} {template(service, operation)}``." in text.split("\n")


@pytest.mark.parametrize("name", OPERATIONS)
def test_its_signature_has_every_argument(name: str) -> None:
    """``help()`` shows the arguments of the path first, then each keyword with its type."""
    service, operation = OPERATIONS[name]
    shown = inspect.signature(getattr(getattr(PagerTree("a-token"), service.name), operation.verb)).parameters
    kinds = {name: parameter.kind for name, parameter in shown.items()}
    assert {one: inspect.Parameter.POSITIONAL_ONLY for one in operation.arguments} == {
        one: kind for one, kind in kinds.items() if kind is not inspect.Parameter.KEYWORD_ONLY
    }
    assert set(operation.params.__struct_fields__) == set(shown) - set(operation.arguments)
    assert all(str(shown[one].annotation) for one in operation.params.__struct_fields__)


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_repeating_it_can_do(name: str) -> None:
    """Reads and idempotent writes may be repeated, moves to a state too; what makes or notifies may not."""
    service, operation = OPERATIONS[name]
    if name == "alerts.mass_action":
        return
    if operation.method == "GET":
        expected = Safety.READ
    elif operation.method in {"PUT", "DELETE"} or name == "users.add_to_teams":
        expected = Safety.IDEMPOTENT
    else:
        expected = Safety.STATE if name in STATE else Safety.CREATE
    assert expected is operation.safety
    reaches = REACHED[operation.verb] if name in STATE else set()
    assert reaches == getattr(operation, "_reaches", set())


@pytest.mark.parametrize("type", ["acknowledge", "reject", "resolve", "archive", "delete"])
def test_a_mass_action_is_repeated_by_its_type(type: str) -> None:
    """To reject several alerts notifies the next in line; the rest reaches a state."""
    _, operation = OPERATIONS["alerts.mass_action"]
    safety = operation.safety
    assert not isinstance(safety, Safety)
    given = PARAMS["alerts.AlertMassAction"](type=type, alert_ids=["alt_1"])  # type: ignore[arg-type]
    assert (Safety.CREATE if type == "reject" else Safety.STATE) is safety(given)


@pytest.mark.parametrize("resource", FIELDS)
def test_a_model_has_the_fields_of_the_reference(resource: str) -> None:
    """Every field of 2018 and of 2019 is an attribute, and nothing else is."""
    model = getattr(models, resource.title())
    assert FIELDS[resource] | EVERY == set(model.__struct_encode_fields__)


LISTS = {
    name: operation
    for name, (_, operation) in OPERATIONS.items()
    if operation.paged and name != "schedules.window_events"
}


def parts(annotation: Any) -> set[Any]:
    """The plain types that an annotation is made of; of a mapping just that it is one."""
    if get_origin(annotation) is dict or annotation is Any:
        return {dict}
    inner = [part for part in get_args(annotation) if isinstance(part, type) or get_origin(part)]
    return set().union(*map(parts, inner)) if inner else {annotation}


def plain(annotation: Any) -> bool:
    """Whether a field holds texts, numbers, booleans or moments, one or several, and nothing free-form."""
    return not any(issubclass(part, dict | Part) for part in parts(annotation))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_filtered_by_every_plain_attribute(name: str) -> None:
    """Each attribute that is not free-form is a filter, under its own name on the wire; secrets are none."""
    operation = LISTS[name]
    model = operation.result
    hints = get_type_hints(model)
    expected = {
        field: wire
        for field, wire in names_of(model).items()
        if plain(hints[field]) and wire not in model.secret_fields and field not in {"acknowledgeby", "exceptions"}
    } | ({"content": "content", "data": "data"} if model is models.Log else {})
    shaping = {*Query.__struct_fields__, "sort", "select"}
    assert expected == {field: wire for field, wire in names_of(operation.params).items() if field not in shaping}


@pytest.mark.parametrize("name", PARAMS)
def test_parameters_document_each_of_theirs(name: str) -> None:
    """The docstring of every set of parameters has each of its own, in the order of their declaration."""
    kind = PARAMS[name]
    own = [field for field in vars(kind).get("__annotations__", {}) if field in kind.__struct_fields__]
    text = inspect.cleandoc(kind.__doc__ or "")
    _, _, listed = text.partition("Args:\n")
    assert own == [
        line.strip().partition(":")[0] for line in listed.split("\n") if line.startswith("    ") and line[4] != " "
    ]
    assert not OPTION_NAMES & set(own)


def test_the_default_template_takes_the_two_types() -> None:
    """The types of routers, as text, are the choices."""
    _, operation = OPERATIONS["routers.default_template"]
    assert {"router", "notification"} == set(operation.choices) == {str(one) for one in models.RouterType}


def test_lists_are_lists() -> None:
    """Every list of the vendor's is paged, and nothing is sent when it is asked for."""
    client = PagerTree("a-token")
    for one in ENDPOINTS:
        if one.verb == "list":
            assert isinstance(getattr(client, one.service).list(), Pages)
