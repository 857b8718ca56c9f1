"""The list of faults: what stands in its file, and what each row becomes on each transport."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

FILE = Path(__file__).with_name("faults.toml")


class Differs(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is otherwise on one transport, and why."""

    because: str
    expected: str | None = None
    sent: Literal["not sent", "maybe sent", "sent"] | None = None
    maybe_applied: bool | None = None
    attempts: int | None = None
    requests: int | None = None
    says: str | None = None
    cause: str | None = None
    request_id: bool | None = None


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True):
    """A row of the list.

    Attributes:
        name: What it is called, and its tests after it.
        covers: Which entry of the list it belongs to.
        operation: What the call does.
        scenario: The function that plays it.
        behaviour: What the server does with the first request, the second, and so on; the last with all that follow.
        expected: ``value``, or the class of the error that the call ends with.
        sent: How much the error says that the server has seen.
        maybe_applied: Whether it says that the call may have changed something.
        attempts: How many attempts it says were made.
        requests: How many the server saw, when the call had ended.
        says: What its line has, whatever else it has.
        cause: The class of its ``__cause__``, where that is ours.
        request_id: Whether it has the server's name for the request.
        afterwards: Whether the client works right after it, or is held until the time that the server asked for is over.
        hangs: It is played beside the others that hang, and a second time until it is cancelled.
        total: Seconds that the call may take.
        part: Seconds that each of its parts may take.
        tries: Attempts that the call may make.
        waits: Seconds between the first attempt and the second, to be neither less nor much more.
        memory: By how many MiB the process may grow meanwhile.
        rows: How many rows a list gives.
        on: What is otherwise on a transport.
        cannot: Transports that cannot be met with it, and why.
        proved_by: The tests that play it, where it happens on this side of the wire and no transport takes part.
    """

    name: str
    covers: str
    operation: Literal["READ", "LIST", "IDEMPOTENT", "STATE", "CREATE"] = "READ"
    scenario: str = "answers"
    behaviour: list[str] = []
    expected: str = "value"
    sent: Literal["not sent", "maybe sent", "sent"] | None = None
    maybe_applied: bool = False
    attempts: int | None = None
    requests: int | None = None
    says: str = ""
    cause: str = ""
    request_id: bool = False
    afterwards: Literal["works", "held"] = "works"
    hangs: bool = False
    total: float = 5.0
    part: float = 2.0
    tries: int = 3
    waits: float | None = None
    memory: float | None = None
    rows: int | None = None
    on: dict[str, Differs] = {}
    cannot: dict[str, str] = {}
    proved_by: list[str] = []

    def seen_by(self, transport: str) -> Fault:
        """The row as it is on a transport."""
        differs = self.on.get(transport)
        if differs is None:
            return self
        changed = {name: value for name, value in msgspec.structs.asdict(differs).items() if value is not None}
        del changed["because"]
        return msgspec.structs.replace(self, **changed)


class List(msgspec.Struct, forbid_unknown_fields=True):
    """The file.

    Attributes:
        survives: The entries of the list, each to be covered by a row.
        fault: The rows.
    """

    survives: list[str]
    fault: list[Fault]


@cache
def read() -> List:
    """What stands in the file."""
    return msgspec.convert(tomllib.loads(FILE.read_text(encoding="utf-8")), List)


def played() -> list[Fault]:
    """The rows that are played here."""
    return [fault for fault in read().fault if not fault.proved_by]
