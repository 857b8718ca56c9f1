"""The page as a whole: what it is of, the most important numbers, its sections."""

from __future__ import annotations

from collections.abc import Sequence

from pagertree_async.reporting.markup import Html, el, joined
from pagertree_async.reporting.style import STYLE

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load and run: nothing."""


def page(
    title: str,
    of: str,
    about: Sequence[tuple[str, str]],
    warnings: Sequence[str],
    tiles: Sequence[tuple[str, str]],
    sections: Sequence[tuple[str, str, Html]],
    foot: str,
) -> str:
    """A page of HTML.

    Args:
        title: Its title.
        of: What tells it from others of its kind, for the browser's list of pages.
        about: What it is of, in words and values.
        warnings: What is to be known before it is read.
        tiles: The most important numbers, each with what it is.
        sections: The sections, each behind its id and the name that leads to it.
        foot: What stands below.
    """
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name_="viewport", content="width=device-width, initial-scale=1"),
        el("meta", http_equiv="Content-Security-Policy", content=POLICY),
        el("meta", name_="color-scheme", content="light dark"),
        el("title", f"{title}, {of}" if of else title),
        el("style", Html(STYLE)),
    )
    facts = joined(joined((el("dt", name), el("dd", value))) for name, value in about)
    body = el(
        "body",
        el(
            "header",
            el("h1", title),
            el("dl", facts, class_="facts"),
            *(el("p", text, class_="warning") for text in warnings),
            el(
                "nav",
                el("ul", *(el("li", el("a", name, href=f"#{id}")) for id, name, _ in sections)),
                aria_label="Sections",
            ),
        ),
        el(
            "main",
            el("ul", *(el("li", el("b", value), el("span", name)) for value, name in tiles), class_="tiles")
            if tiles
            else None,
            *(content for _, _, content in sections),
        ),
        el("footer", el("p", foot)),
    )
    return f"<!doctype html>\n{el('html', head, body, lang='en')}\n"
