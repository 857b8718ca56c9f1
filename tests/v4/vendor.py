"""What the vendor's reference says, read from ``tests/data``."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent.parent / "data"


class VendorEndpoint(NamedTuple):
    """One endpoint of the reference, and where the client has it."""

    method: str
    path: str
    service: str
    verb: str

    @property
    def name(self) -> str:
        return f"{self.service}.{self.verb}"


def _lines(name: str) -> list[list[str]]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]


ENDPOINTS = [VendorEndpoint(method, path, *place.split(".")) for method, path, place in _lines("v4_endpoints.txt")]
FIELDS = {resource: frozenset(fields) for resource, *fields in _lines("v4_fields.txt")}
EVERY = FIELDS.pop("every")
