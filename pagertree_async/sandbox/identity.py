"""Ids and timestamps, worked out so that the same seed gives the same ones."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime


def token_of(*parts: object, size: int = 9) -> str:
    """A short text of letters, digits, `-` and `_` that looks random and depends on the parts alone.

    Args:
        parts: What it depends on.
        size: Its length in characters, 1 to 64.
    """
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=48).digest()
    return base64.urlsafe_b64encode(digest)[:size].decode()


def iso(seconds: float) -> str:
    """A moment as the API writes it: ISO 8601 in UTC with milliseconds, so that text order is time order.

    Args:
        seconds: Unix seconds.
    """
    moment = datetime.fromtimestamp(round(seconds * 1000) / 1000, UTC)
    return f"{moment.isoformat(timespec='milliseconds')[:-6]}Z"
