"""The help of a command, from the docstrings that the client has anyway."""

from __future__ import annotations

import inspect
import re

import msgspec

ROLE = re.compile(r":\w+:`~?(?:[\w.]*\.)?(\w+)`")
SOURCE = re.compile(r"Source: (``[^\n]+?)\.?(?:\n|$)")
VALUE = re.compile(r"``([\w-]+)``")
LISTED = re.compile(r"``[\w-]+``(?:(?:, | or |, or )``[\w-]+``)+\.")
ENTRY = re.compile(r"    (\w+): (.*)")
HERE = {
    ", or a ZoneInfo": "",
    "an aware datetime": "a moment such as 2026-03-01T09:30Z",
    "named in by": "named by --by",
    "; from on the wire": "",
    "Whether over ": "Whether to notify over ",
    "the rest staying None": "the rest staying empty",
}
"""How the command line says what docstrings say in Python."""


def plain(text: str) -> str:
    """A docstring's text without its markup, in the words of a command line."""
    text = ROLE.sub(r"\1", text).replace("``", "")
    for there, here in HERE.items():
        text = text.replace(there, here)
    return text


def summary(documented: object) -> str:
    """The first paragraph of a docstring, on one line."""
    first = (inspect.getdoc(documented) or "").partition("\n\n")[0]
    return plain(" ".join(first.split()))


def source(documented: object) -> str:
    """The endpoint that a docstring names as its source, empty when it names none."""
    found = SOURCE.search(inspect.getdoc(documented) or "")
    return plain(found[1]) if found else ""


def arguments(kind: type[msgspec.Struct]) -> dict[str, str]:
    """What the ``Args`` of a Struct and of those it inherits say, by name."""
    told: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        told.update(_section(inspect.cleandoc(owner.__dict__.get("__doc__") or "")))
    return told


def listed(kind: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """The values that are all an argument is known to take, by its name, where its text is nothing but their list."""
    texts: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        texts.update(_section(inspect.cleandoc(owner.__dict__.get("__doc__") or ""), plainly=False))
    return {name: tuple(VALUE.findall(text)) for name, text in texts.items() if LISTED.fullmatch(text)}


def _section(text: str, *, plainly: bool = True) -> dict[str, str]:
    kept = plain if plainly else str
    told: dict[str, str] = {}
    name = ""
    for line in text.partition("Args:\n")[2].splitlines():
        entry = ENTRY.fullmatch(line)
        if entry:
            name = entry[1]
            told[name] = kept(entry[2])
        elif line.startswith("        ") and name:
            told[name] += f" {kept(line.strip())}"
        else:
            break
    return told
