"""Markup in which no text can become markup: elements are made here, and what stands in them is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import count

VOID = frozenset({"br", "col", "link", "meta"})
"""The elements that have no end."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What a page must not have: control characters, halves of characters, and what is no character."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


def escaped(text: str) -> Html:
    """Text as markup that shows it.

    >>> escaped("<b>")
    '&lt;b&gt;'
    """
    return text if isinstance(text, Html) else Html(html.escape(UNPRINTABLE.sub("\ufffd", text)))


def el(name: str, *children: str | None, **attributes: str | float | None) -> Html:
    """An element.

    Args:
        name: Its name.
        children: What stands in it: text, which is escaped, or elements.
        attributes: Its attributes: ``_`` stands for ``-``, one at the end is dropped; None leaves one out.

    >>> el("p", "1 < 2", class_="note")
    '<p class="note">1 &lt; 2</p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(children)}</{name}>")


def joined(parts: Iterable[str | None]) -> Html:
    """Markup of one part after the other."""
    return Html("".join(escaped(part) for part in parts if part is not None))


def sent(text: str, **attributes: str | None) -> Html:
    """Text that somebody else wrote, whose direction of writing ends with it."""
    return el("bdi", text, **attributes)


def _value(value: str | float) -> str:
    return value if isinstance(value, str) else f"{value:.4f}".rstrip("0").rstrip(".")


class Ids:
    """Gives the elements of a page ids of their own."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def new(self, prefix: str) -> str:
        """An id that no other element has."""
        return f"{prefix}{next(self._numbers)}"
