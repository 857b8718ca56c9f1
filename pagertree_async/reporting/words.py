"""Numbers, lengths of time and names as a person reads them."""

from __future__ import annotations

import unicodedata

NONE = "\u2013"
"""What stands where there is no number."""
MINUTE, HOUR, DAY = 60, 3600, 86_400
"""In seconds."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def number(value: float) -> str:
    """A whole number, its thousands apart.

    >>> number(12345)
    '12,345'
    """
    return f"{value:,.0f}"


def short(value: int) -> str:
    """A whole number in at most five characters.

    >>> short(12345), short(999)
    ('12k', '999')
    """
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if value >= size * 10:
            return f"{value // size}{unit}"
    return str(value)


def share(part: float, whole: float) -> str:
    """A part of a whole, in percent; what is not nothing or all does not look so.

    >>> share(1, 8), share(0, 8), share(1, 9999), share(9998, 9999)
    ('12.5 %', '0 %', '<0.1 %', '>99.9 %')
    """
    if not part or part == whole:
        return "100 %" if part else "0 %"
    percent = 100 * part / whole
    if percent < 0.05 or percent >= 99.95:
        return "<0.1 %" if percent < 50 else ">99.9 %"
    return f"{percent:.1f} %"


def plural(count: int, one: str, many: str = "") -> str:
    """A number of things.

    >>> plural(1, "alert"), plural(2000, "alert")
    ('1 alert', '2,000 alerts')
    """
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def duration(seconds: float | None) -> str:
    """A length of time in its two largest units; a dash for none.

    >>> duration(754), duration(7500)
    ('12 min 34 s', '2 h 05 min')
    """
    if seconds is None:
        return NONE
    whole, minutes, in_hours = round(seconds), round(seconds / MINUTE), round(seconds / HOUR)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE:02} s"
    if minutes < DAY // MINUTE:
        return f"{minutes // 60} h {minutes % 60:02} min"
    return f"{in_hours // 24:,} d {in_hours % 24:02} h"


def hours(seconds: float) -> str:
    """A length of time in hours.

    >>> hours(5400)
    '1.5 h'
    """
    return f"{seconds / HOUR:,.1f} h"


def width(text: str) -> float:
    """About how wide a text is, in heights of its letters."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.56 for c in text)


def cut(text: str, limit: float) -> str:
    """Text that is no wider than so many heights of its letters."""
    if width(text) <= limit:
        return text
    while text and width(text) > limit - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def initials(name: str) -> str:
    """The first letters of a name's first and last word.

    >>> initials("Ada King Lovelace")
    'AL'
    """
    found = name.split()
    return "".join(word[0] for word in dict.fromkeys((found[0], found[-1]))) if found else ""
