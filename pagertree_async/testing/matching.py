"""Which requests are meant, in the words of the vendor's reference: ``POST /alerts/:id/acknowledge``."""

from __future__ import annotations

import re

from pagertree_async.errors import InvalidArgumentError

PREFIX = re.compile(r"/api/v\d+(?=/)")
"""What stands before the paths of an API with a version in its addresses; it may be left out."""
FORM = re.compile(r"(?:(?P<method>[A-Z]+|\*) +)?(?P<path>/[^\s?#]*|\*)", re.ASCII)


class Pattern:
    """A method and a path, each of which may be left open.

    Args:
        text: Such as ``"POST /alert"``, ``"/team/*"`` or ``"*"``. A part of the path that is ``*``, or begins with a
            colon, stands for any one, and ``**`` for any number of them.

    Raises:
        InvalidArgumentError: It is no such text.

    >>> Pattern("PUT /alert/:id").fits("PUT", "/alert/alt_1")
    True
    >>> Pattern("GET /teams/**").fits("GET", "/teams/tem_1/alerts")
    True
    """

    def __init__(self, text: str) -> None:
        found = FORM.fullmatch(text) if isinstance(text, str) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if found is None:
            message = f"not requests that could be meant: {str(text)[:80]!r}"
            raise InvalidArgumentError(message, hint="Name them like 'POST /alert', '/team/*' or '*'")
        method: str | None = found["method"]
        path: str = _below(found["path"])
        self.text = text
        self._method = None if method in {None, "*"} else method
        self._path = re.compile("/".join(map(_part, path.split("/"))) if path != "*" else ".*")

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is meant.

        Args:
            method: Its method.
            path: Its path, without the query.
        """
        return self._method in {None, method} and self._path.fullmatch(_below(path)) is not None

    def __repr__(self) -> str:
        return f"<Pattern {self.text}>"


def _below(path: str) -> str:
    found = PREFIX.match(path)
    return path[found.end() :] if found else path


def _part(part: str) -> str:
    if part == "**":
        return ".*"
    return "[^/]+" if part == "*" or part.startswith(":") else re.escape(part)
