"""Reads a page as a browser does: its elements, its texts, and whether it is whole."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"br", "col", "link", "meta"}


class Element:
    """An element of a page."""

    def __init__(self, name: str, attributes: dict[str, str], parent: Element | None) -> None:
        self.name, self.attributes, self.parent = name, attributes, parent
        self.children: list[Element | str] = []

    @property
    def text(self) -> str:
        """Its text, that of the elements in it included."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, name: str = "", **attributes: str) -> list[Element]:
        """The elements in it of a name, with attributes."""
        found: list[Element] = []
        wanted = {key.rstrip("_"): value for key, value in attributes.items()}
        for child in self.children:
            if isinstance(child, Element):
                if name in ("", child.name) and wanted.items() <= child.attributes.items():
                    found.append(child)
                found += child.all(name, **attributes)
        return found

    def one(self, name: str = "", **attributes: str) -> Element:
        """The only one of those."""
        (found,) = self.all(name, **attributes)
        return found


class Page(HTMLParser):
    """A page, of which every element that begins has to end in its place."""

    CDATA_CONTENT_ELEMENTS = ("script", "style")

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self._at = Element("", {}, None)
        self.feed(text)
        self.close()
        assert self._at is self.root, f"{self._at.name} does not end"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(attrs) == len(dict(attrs)), f"{tag} has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs}, self._at)
        self._at.children.append(element)
        if tag not in VOID:
            self._at = element

    def handle_endtag(self, tag: str) -> None:
        assert tag == self._at.name, f"{self._at.name} is ended by {tag}"
        assert self._at.parent is not None
        self._at = self._at.parent

    def handle_data(self, data: str) -> None:
        self._at.children.append(data)


def read(text: str) -> Element:
    """A page's ``html``."""
    assert text.startswith("<!doctype html>\n")
    return Page(text).root.one("html")


def table(element: Element) -> list[list[str]]:
    """The rows of a table, its heads first."""
    return [[cell.text for cell in row.children if isinstance(cell, Element)] for row in element.all("tr")]


def links(text: str) -> list[str]:
    """Whatever in a page could be fetched."""
    return [
        *re.findall(r"""\s(?:src|srcset|action|data|poster|xlink:href)\s*=\s*["']?[^"'>\s]*""", text),
        *re.findall(r"""\shref\s*=\s*["']?(?!["']?#)[^"'>\s]+""", text),
        *re.findall(r"url\([^)]*\)|@import[^;]*|https?://[^\s\"'<]*", text),
    ]
