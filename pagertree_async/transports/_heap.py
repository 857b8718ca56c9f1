"""Memory that was used for one answer is kept for the next: giving it back and taking it again costs more than reading."""

from __future__ import annotations

from functools import cache

KEPT = 4 * 1024 * 1024


@cache
def keep() -> None:
    """Have the C library keep what is freed, as far as it may, once for this process.

    By default glibc gives the end of its heap back to the system as soon as 128 KB of it are free: with answers of
    half that size, at nearly every one of them. A large block that was allocated and freed, and never touched, has it
    wait for twice the size of that block.
    """
    bytes(KEPT)
