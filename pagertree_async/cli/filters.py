"""``--filter 'title^=disk'``: what is compared, how, and with what, as the arguments of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from pagertree_async import query
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.nearest import asked as meant
from pagertree_async.cli.values import Value
from pagertree_async.params import Options

OPERATORS = {
    "!=": "ne",
    "<=": "lte",
    ">=": "gte",
    "^=": "begins_with",
    "~=": "contains",
    "=": "equals",
    "<": "lt",
    ">": "gt",
}
"""The signs, longest first, with the names of the functions that make the comparisons."""

FORM = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(!=|<=|>=|\^=|~=|=|<|>)\s?(.*)", re.DOTALL)
HINT = "Write it as urgency=high, status!=open, created_at>=2026-01-01, title^=disk (begins with) or title~=full (contains)"
RANGE = ".."
"""Stands between the ends of a range."""
ORDERED = frozenset({"INTEGER", "NUMBER", "TIME"})
"""What stands for values that have an order, and so ranges."""
BOUNDS = ("gte", "lte")
TWINS = {"created_at": "created", "created": "created_at"}
"""Attributes that hold the same moment as another."""


class Condition(msgspec.Struct, frozen=True):
    """One comparison.

    Attributes:
        name: The attribute, as it was written.
        operator: The name of the comparison; ``equals`` is none.
        value: What it is compared with, still as text.
    """

    name: str
    operator: str
    value: str

    def __str__(self) -> str:
        sign = next(sign for sign, name in OPERATORS.items() if name == self.operator)
        return f"{self.name}{sign}{self.value}"


def condition(text: str) -> Condition:
    """What one ``--filter`` says.

    Raises:
        CommandError: It is not a comparison.

    >>> condition("title^=disk full")
    Condition(name='title', operator='begins_with', value='disk full')
    """
    found = FORM.fullmatch(text)
    if found is None:
        message = f"--filter: not a comparison: {text!r}"
        raise CommandError(message, hint=HINT)
    return Condition(found[1], OPERATORS[found[2]], found[3])


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """Makes the arguments of a list that conditions stand for.

    Attributes:
        params: The parameters of the list.
        reads: How those are read that may be compared, by name.
        ranges: Whether the API compares an attribute with both ends of a range at once.
        given: The names of those that have been given already.
        elsewhere: What to say of names that are given in another way.
        look: Is shown each value that something is, or is not, to equal: the option and the name first.
    """

    params: type[Options]
    reads: Mapping[str, Value]
    ranges: bool
    given: Collection[str] = ()
    elsewhere: Mapping[str, str] = {}
    look: Callable[[str, str, Any], None] | None = None

    def arguments(self, conditions: Sequence[str]) -> dict[str, Any]:
        """The arguments by name.

        Args:
            conditions: What ``--filter`` was given, each time.

        Raises:
            CommandError: One is no condition, is of nothing that the list has, or asks for what the API cannot compare.
        """
        here = dict(zip(self.params.__struct_encode_fields__, self.params.__struct_fields__, strict=True))
        found: dict[str, list[Condition]] = {}
        for text in conditions:
            asked = condition(text)
            name = here.get(asked.name, asked.name)
            if name not in self.reads:
                near = "" if name in self.elsewhere else meant(asked.name, self.reads)
                message = f"--filter: there is no {asked.name!r} to compare{near}"
                raise CommandError(message, hint=self.elsewhere.get(name, f"There are {', '.join(self.reads)}"))
            found.setdefault(name, []).append(asked)
        return {name: self._argument(name, asked) for name, asked in found.items()}

    def _argument(self, name: str, asked: list[Condition]) -> Any:
        first = asked[0]
        read = msgspec.structs.replace(self.reads[name], many=False)
        ends = self._ends(name, asked)
        if ends is not None:
            low, high = (read.of(f"--filter {first.name!r}", end) for end in ends)
            if low > high:
                message = f"--filter: the range of {first.name!r} ends before it begins"
                raise CommandError(message)
            return query.between(low, high)
        option = f"--filter {str(first)!r}"
        value = read.of(option, first.value)
        if self.look is not None and first.operator in {"equals", "ne"}:
            self.look(option, name, value)
        return value if first.operator == "equals" else getattr(query, first.operator)(value)

    def _ends(self, name: str, asked: list[Condition]) -> tuple[str, str] | None:
        """The ends of a range, both included, where one is asked for."""
        first, *more = asked
        ordered = self.reads[name].metavar in ORDERED
        if not more and not (ordered and first.operator == "equals" and RANGE in first.value):
            if name in self.given:
                message = f"--filter: {first.name!r} is compared twice; the API compares an attribute once"
                raise CommandError(message)
            return None
        if not self.ranges or name in self.given or len(more) > 1 or (more and not ordered):
            how = "twice" if more or name in self.given else "with a range"
            message = f"--filter: {first.name!r} is compared {how}; the API compares an attribute once"
            raise CommandError(message, hint="" if self.ranges or not ordered else self._no_ranges(name, asked))
        if not more:
            low, _, high = first.value.partition(RANGE)
            if not (low and high):
                message = f"--filter {str(first)!r}: a range has two ends"
                raise CommandError(message, hint=f"With one, write {first.name}{f'>={low}' if low else f'<={high}'}")
            return low, high
        bounds = {one.operator: one.value for one in asked}
        if set(bounds) != set(BOUNDS):
            message = (
                f"--filter: the API compares {first.name!r} with a range whose ends are both in it, and nothing else"
            )
            raise CommandError(message, hint=f"Write {first.name}=FROM{RANGE}TO, or >= and <=")
        return bounds["gte"], bounds["lte"]

    def _no_ranges(self, name: str, asked: list[Condition]) -> str:
        other = TWINS.get(name)
        if other not in self.reads:
            return "This API has no ranges: give one end"
        low, _, high = asked[0].value.partition(RANGE)
        ends = {one.operator: one.value for one in asked} if len(asked) > 1 else {"gte": low, "lte": high}
        low, high = (ends.get(bound) or "TIME" for bound in BOUNDS)
        written = f"--filter '{asked[0].name}>={low}' --filter '{other}<={high}'"
        return f"This API has no ranges, but {name} and {other} are the same moment: {written}"
