"""The services have what the vendor's reference has, no less and no more."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

from pagertree_async import Pages
from pagertree_async.endpoints import Operation, Service, operations
from pagertree_async.params import OPTION_NAMES, Options
from pagertree_async.retry import Safety
from pagertree_async.v4 import PagerTree, resources
from pagertree_async.v4.resources.common import Attributes
from pagertree_async.v4.services import SERVICES, Services
from tests.v4.vendor import ENDPOINTS, EVERY, FIELDS

OPERATIONS = {
    f"{service.name}.{operation.verb}": (service, operation)
    for service in SERVICES
    for operation in operations(service)
}
OWN = {name: pair for name, pair in OPERATIONS.items() if not pair[1].derived}
NAMES = [service.name for service in SERVICES]
RESOURCES = [import_module(f"{resources.__name__}.{found.name}") for found in iter_modules(resources.__path__)]
PARAMS = {
    f"{module.__name__.rpartition('.')[2]}.{kind.__name__}": kind
    for module in RESOURCES
    for kind in vars(module).values()
    if isinstance(kind, type) and kind.__module__ == module.__name__ and issubclass(kind, Options | Attributes)
}
STATE = {"alerts.acknowledge", "alerts.resolve", "events.add_exception", "events.terminate_on"}
REACHED = {"alerts.acknowledge": {"acknowledged"}, "alerts.resolve": {"resolved"}}


def template(service: Any, operation: Operation) -> str:
    """The path as the vendor writes it."""
    return (service.path + operation.path).replace("{id}", ":id").replace("{of}", ":id")


def test_no_endpoint_is_forgotten_and_none_invented() -> None:
    """What is declared is exactly the vendor's list."""
    declared = {(operation.method, template(service, operation), name) for name, (service, operation) in OWN.items()}
    assert {(one.method, one.path, one.name) for one in ENDPOINTS} == declared
    assert len(ENDPOINTS) == len({(one.method, one.path) for one in ENDPOINTS})


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
    client = PagerTree("a-key")
    assert NAMES == sorted(NAMES) == [name for name in vars(client) if not name.startswith("_")]
    assert [type(getattr(client, name)) for name in NAMES] == list(SERVICES)
    assert isinstance(client, Services)


@pytest.mark.parametrize("name", NAMES)
def test_a_verb_that_the_api_lacks_does_not_exist(name: str) -> None:
    """A service has the usual verbs where the vendor has them."""
    there = {one.verb for one in ENDPOINTS if one.service == name}
    service = getattr(PagerTree("a-key"), name)
    usual = ("list", "create", "retrieve", "update", "delete")
    assert {verb: verb in there for verb in usual} == {verb: hasattr(service, verb) for verb in usual}


@pytest.mark.parametrize("name", OPERATIONS)
def test_its_documentation_names_its_source(name: str) -> None:
    """Every verb says in a sentence what it does, and which of the vendor's endpoints it is."""
    service, operation = OPERATIONS[name]
    text = (inspect.getdoc(getattr(getattr(PagerTree("a-key"), service.name), operation.verb)) or "").split("\n")
    assert text[0].endswith(".")
    source = next(line for line in text if line.startswith("Source: "))
    assert operation.derived or f"Source: ``{operation.method} {template(service, operation)}``." == source


@pytest.mark.parametrize("name", OPERATIONS)
def test_its_signature_has_every_argument(name: str) -> None:
    """``help()`` shows the arguments of the path first, then each keyword."""
    service, operation = OPERATIONS[name]
    shown = inspect.signature(getattr(getattr(PagerTree("a-key"), service.name), operation.verb)).parameters
    first = [one for one, parameter in shown.items() if parameter.kind is inspect.Parameter.POSITIONAL_ONLY]
    assert (["by"] if operation.verb == "ensure" else list(operation.arguments)) == first
    assert set(operation.takes.__struct_fields__) == set(shown) - set(first)


@pytest.mark.parametrize("name", OWN)
def test_what_repeating_it_can_do(name: str) -> None:
    """Reads and idempotent writes may be repeated, moves to a state too; what makes or notifies may not."""
    _, operation = OWN[name]
    by_method = {"GET": Safety.READ, "PUT": Safety.IDEMPOTENT, "DELETE": Safety.IDEMPOTENT, "POST": Safety.CREATE}
    assert (Safety.STATE if name in STATE else by_method[operation.method]) is operation.safety
    assert REACHED.get(name, set()) == getattr(operation, "_reaches", set())


@pytest.mark.parametrize("resource", FIELDS)
def test_a_model_has_the_fields_of_the_reference(resource: str) -> None:
    """Every field is an attribute, and nothing else is."""
    model = OPERATIONS[f"{resource}.retrieve"][1].result
    assert FIELDS[resource] | EVERY == set(model.__struct_encode_fields__)


@pytest.mark.parametrize("name", PARAMS)
def test_parameters_document_each_of_theirs(name: str) -> None:
    """The docstring of every set of parameters has each of its own, in the order of their declaration."""
    kind = PARAMS[name]
    own = [field for field in vars(kind).get("__annotations__", {}) if field in kind.__struct_fields__]
    _, _, listed = inspect.cleandoc(kind.__doc__ or "").partition("Args:\n")
    lines = [line for line in listed.split("\n") if line.startswith("    ") and line[4] != " "]
    assert own == [line.strip().partition(":")[0] for line in lines]
    assert not (issubclass(kind, Options) and OPTION_NAMES & set(own))


def test_lists_are_lists() -> None:
    """Every list of the vendor's is paged, and nothing is sent when it is asked for."""
    client = PagerTree("a-key")
    assert all(isinstance(getattr(client, name).list(), Pages) for name in NAMES)
