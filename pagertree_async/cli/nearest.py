"""What was probably meant by a word that is none of the known ones."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(given: str, known: Iterable[str]) -> str | None:
    """The known word or name that is nearest, letters' case aside; None where none is near.

    Of a name of several words, one is enough.

    >>> nearest("alrets", ["alerts", "teams"])
    'alerts'
    >>> nearest("ada", ["Bo Wu", "Ada Obi"])
    'Ada Obi'
    """
    import difflib

    folded = {word.casefold(): word for word in known}
    parts = {part: whole for name, whole in folded.items() for part in name.split()}
    for written in (folded, parts):
        if near := difflib.get_close_matches(given.casefold(), written, n=1):
            return written[near[0]]
    return None


def asked(given: str, known: Iterable[str]) -> str:
    """The question whether the nearest was meant, to be put behind an error; empty where none is near.

    >>> asked("alrets", ["alerts", "teams"])
    "; did you mean 'alerts'?"
    """
    near = nearest(given, known)
    return "" if near is None else f"; did you mean {near!r}?"
