"""Libraries that come with an extra, loaded when they are asked for."""

from __future__ import annotations

import importlib
from typing import Any

from pagertree_async.errors import ConfigurationError


def wanted(library: str, extra: str) -> Any:
    """A library of an extra, or a module of one.

    Raises:
        ConfigurationError: It is not installed.
    """
    package = library.partition(".")[0]
    try:
        importlib.import_module(package)
        return importlib.import_module(library)
    except ImportError:
        message = f"this format needs {package}"
        raise ConfigurationError(message, hint=f"pip install 'pagertree-async[{extra}]'") from None
