"""Where the command line keeps what it remembers."""

from __future__ import annotations

import os
from pathlib import Path


def config_path() -> Path:
    """Where the config file is: ``PAGERTREE_CONFIG``, or where this system keeps such files."""
    given = os.environ.get("PAGERTREE_CONFIG")
    if given:
        return Path(given)
    import platformdirs

    return platformdirs.user_config_path("pagertree-async") / "config.toml"
