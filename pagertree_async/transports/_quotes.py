"""An HTTP library's error without what it quotes of the answer: servers repeat the credentials that they were sent."""

from __future__ import annotations

import re
from typing import TypeVar

from pagertree_async.errors import without_frames

E = TypeVar("E", bound=BaseException)

QUOTE = re.compile(r"(?:\bbytearray\(\s*)?(?:\bb|(?<!\w))['\"].*", re.DOTALL)


def _unquoted(value: object) -> object:
    return QUOTE.sub("***", value) if isinstance(value, str) else value


def unquoted(error: E) -> E:
    """Drop of an exception, and of what it was raised from, the tracebacks and whatever is quoted in the texts.

    >>> str(unquoted(ValueError("illegal header line: bytearray(b'x-echo hunter2')")))
    'illegal header line: ***'
    """
    link: BaseException | None = without_frames(error)
    seen: set[int] = set()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        link.args = tuple(map(_unquoted, link.args))
        known = vars(link)
        known.update({name: _unquoted(value) for name, value in known.items()})
        link = link.__cause__
    return error
