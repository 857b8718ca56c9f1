"""The two ids that every object has: a ULID, and one that begins with what the object is."""

from __future__ import annotations

import hashlib

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SMALL = "0123456789abcdefghijklmnopqrstuvwxyz"


def ulid(seconds: float, *parts: object) -> str:
    """A ULID that depends on its moment and the parts alone, so that text order is time order.

    Args:
        seconds: The moment, in unix seconds.
        parts: What the rest depends on.
    """
    number = (round(seconds * 1000) << 80) | (_number(*parts) & ((1 << 80) - 1))
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -5, -5))


def prefix_id(prefix: str, *parts: object) -> str:
    """An id that tells what the object is.

    Args:
        prefix: What it begins with.
        parts: What the rest depends on.
    """
    number, letters = _number(*parts), ""
    for _ in range(14):
        number, place = divmod(number, len(_SMALL))
        letters += _SMALL[place]
    return f"{prefix}_{letters}"


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest())
