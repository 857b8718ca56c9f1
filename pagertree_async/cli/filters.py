"""``--filter 'title^=disk'``: what is compared, how, and with what."""

from __future__ import annotations

import re

import msgspec

from pagertree_async.cli.exits import CommandError

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
HINT = (
    "Write it as urgency=high, status!=open, created>=2026-01-01, title^=disk (begins with) or title~=full (contains)"
)


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
