"""How much chaos: little in the ordinary run of the tests, all of it with ``CHAOS=full`` in the environment."""

from __future__ import annotations

import os

FULL = os.environ.get("CHAOS") == "full"
SEED = int(os.environ.get("CHAOS_SEED", "1"))


def number(full: int, ordinary: int) -> int:
    """The first where all of it is asked for, the second otherwise."""
    return full if FULL else ordinary
