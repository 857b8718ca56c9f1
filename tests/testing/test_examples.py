"""The examples in the documentation of the testing tools run."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

from pagertree_async import testing

MODULES = ["", *(f".{module.name}" for module in pkgutil.iter_modules(testing.__path__))]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    """Each gives what it says it gives."""
    assert 0 == doctest.testmod(import_module(f"pagertree_async.testing{name}")).failed


def test_there_are_some() -> None:
    """They are found at all."""
    found = doctest.DocTestFinder().find(testing)
    assert [8] == [len(one.examples) for one in found if one.examples]


def test_every_name_has_its_home() -> None:
    """What is offered is there, listed, and nothing else is."""
    assert set(testing.__all__) <= set(dir(testing))
    assert list(testing.__all__) == [getattr(testing, name).__name__ for name in testing.__all__]
    with pytest.raises(AttributeError, match="module 'pagertree_async.testing' has no attribute 'Nothing'"):
        testing.Nothing  # noqa: B018
