"""Where the command line keeps what it remembers."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_chosen: ContextVar[Path | None] = ContextVar("chosen", default=None)


@contextmanager
def chosen(path: Path | None) -> Generator[None]:
    """Have the config file be one that an option names, for as long as the block lasts; None leaves it as it is."""
    token = _chosen.set(path)
    try:
        yield
    finally:
        _chosen.reset(token)


def named_config() -> Path | None:
    """The config file that ``--config`` names, None where none is named."""
    return _chosen.get()


def config_path() -> Path:
    """Where the config file is: ``--config``, ``PAGERTREE_CONFIG``, or where this system keeps such files."""
    named = _chosen.get() or os.environ.get("PAGERTREE_CONFIG")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_config_path("pagertree-async") / "config.toml"
