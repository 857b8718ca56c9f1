"""What is written as `…_attributes`: parts of an object that are added, changed, and taken away by `_destroy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from pagertree_async.sandbox.errors import Refusal
from pagertree_async.sandbox.store import Object
from pagertree_async.sandbox.v4.casting import Unfit, blank, fitting
from pagertree_async.sandbox.v4.ids import prefix_id, ulid
from pagertree_async.sandbox.v4.records import Records
from pagertree_async.sandbox.v4.resources import BOOL, FROM_ONE, TEXT, Field


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of part.

    Args:
        name: The attribute that holds them.
        model: What the vendor's messages call one of it.
        fields: What can be written.
        required: What must not be blank.
        prefix: What its prefix ids begin with, if it has them.
        defaults: What a new one has where nothing is said.
    """

    name: str
    model: str
    fields: Mapping[str, Field]
    required: str
    prefix: str | None = None
    defaults: Mapping[str, Any] = field(default_factory=dict[str, Any])


EMAILS = Part("emails", "Email", {"email": TEXT, "primary": BOOL}, "email", defaults={"email": None, "primary": False})
PHONES = Part(
    "phones",
    "Phone",
    {"phone": TEXT, "primary": BOOL},
    "phone",
    "phn",
    {"phone": None, "primary": False, "country": None, "blocked": False},
)
LAYERS = Part(
    "escalation_layers",
    "EscalationLayer",
    {"layer": FROM_ONE, "timeout": FROM_ONE, "timeout_unit": TEXT, "color_hex": TEXT},
    "layer",
    "esl",
    {"layer": None, "timeout": 5, "timeout_unit": "minutes", "color_hex": "#4e73df"},
)
OPTIONS = Part(
    "broadcast_response_options",
    "BroadcastResponseOption",
    {"value": TEXT},
    "value",
    defaults={"value": None, "position": None, "broadcast_responses_count": 0},
)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose parts they are.

    Args:
        records: Where it is, or will be.
        model: What the vendor's messages call one of its kind.
        number: Its number among those of its kind.
    """

    records: Records
    model: str
    number: int

    def id_of(self, *parts: object) -> str:
        """The id of a new part.

        Args:
            parts: What tells it from the owner's others.
        """
        return ulid(self.records.clock(), self.records.salt, self.model, self.number, *parts, self.records.now)

    def part(self, part: Part, place: int, values: Object) -> Object:
        """A new part.

        Args:
            part: Its kind.
            place: What tells it from the others that are made at the same time.
            values: What it has.
        """
        own = {"id": self.id_of(part.name, place)}
        if part.prefix is not None:
            own["prefix_id"] = prefix_id(part.prefix, own["id"])
        return {**own, **part.defaults, **values}

    def written(self, part: Part, kept: Sequence[Object], given: Sequence[Object]) -> tuple[list[Object], list[str]]:
        """The parts as they are to be, and what is wrong with what was given.

        Args:
            part: Their kind.
            kept: Those there are.
            given: What is written.

        Raises:
            Refusal: 404, when a part is to be changed that is not there.
        """
        found = {one["id"]: one for one in kept}
        wrong: list[str] = []
        for place, one in enumerate(given):
            values = _read(part, one, wrong)
            gone = values.pop("_destroy", False)
            if one.get("id") is None:
                new = self.part(part, len(kept) + place, values)
                if not gone:
                    found[new["id"]] = new
                continue
            known = self._known(part, kept, one["id"])
            if gone:
                found.pop(known["id"], None)
            else:
                found[known["id"]] = {**known, **values}
        wrong += [f"{part.name}.{part.required} can't be blank" for one in found.values() if blank(one[part.required])]
        return list(found.values()), wrong

    def _known(self, part: Part, kept: Sequence[Object], part_id: object) -> Object:
        for one in kept:
            if part_id in (one["id"], one.get("prefix_id")):
                return one
        message = f"Couldn't find {part.model} with ID={part_id} for {self.model}"
        raise Refusal(404, message)


def _read(part: Part, given: Object, wrong: list[str]) -> Object:
    values: Object = {}
    for name, known in (*part.fields.items(), ("_destroy", BOOL)):
        if given.get(name) is not None:
            try:
                values[name] = fitting(known, given[name], ZoneInfo("UTC"))
            except Unfit as error:
                wrong.append(f"{part.name}.{name} {error}")
    return values
