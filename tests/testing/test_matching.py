"""Requests are named in the words of the reference."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async import InvalidArgumentError
from pagertree_async.testing.matching import Pattern


@pytest.mark.parametrize(
    ("text", "method", "path", "fits"),
    [
        ("*", "GET", "/anything/at/all", True),
        ("* /alert", "PUT", "/alert", True),
        ("GET *", "GET", "/alert", True),
        ("GET *", "PUT", "/alert", False),
        ("/alert", "GET", "/alert", True),
        ("/alert", "GET", "/alert/alt_1", False),
        ("POST /alert/:id/acknowledge", "POST", "/alert/alt_1/acknowledge", True),
        ("POST /alert/:id/acknowledge", "POST", "/alert/acknowledge", False),
        ("GET /alert/*", "GET", "/alert/alt_1", True),
        ("GET /alert/*", "GET", "/alert/alt_1/x", False),
        ("GET /alert/**", "GET", "/alert/alt_1/x", True),
        ("GET /alerts", "GET", "/api/v4/alerts", True),
        ("GET /api/v4/alerts", "GET", "/api/v4/alerts", True),
        ("GET /a.b", "GET", "/axb", False),
    ],
)
def test_what_fits(text: str, method: str, path: str, fits: bool) -> None:
    """A part that is open stands for one, two stars for any number; the version's prefix may be left out."""
    assert fits == Pattern(text).fits(method, path)


@pytest.mark.parametrize(
    "text", ["", "alert", "get /alert", "POST/alert", "GET /a b", "GET /a?b=1", "GET https://x/", None, 1]
)
def test_what_is_no_such_text(text: Any) -> None:
    """Anything else is refused, with examples of what is taken."""
    with pytest.raises(InvalidArgumentError, match="Name them like 'POST /alert', '/team/\\*' or '\\*'"):
        Pattern(text)


def test_what_it_shows() -> None:
    """It shows what it was made of."""
    assert "<Pattern GET /team>" == repr(Pattern("GET /team"))
