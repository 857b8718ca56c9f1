"""What was probably meant by a word that is none of the known ones."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known word that is nearest, letters' case aside; None where none is near.

    >>> nearest("alrets", ["alerts", "teams"])
    'alerts'
    """
    import difflib

    folded = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(given.casefold(), folded, n=1)
    return folded[near[0]] if near else None


def asked(given: str, known: Iterable[str]) -> str:
    """The question whether the nearest was meant, to be put behind an error; empty where none is near.

    >>> asked("alrets", ["alerts", "teams"])
    "; did you mean 'alerts'?"
    """
    near = nearest(given, known)
    return "" if near is None else f"; did you mean {near!r}?"
