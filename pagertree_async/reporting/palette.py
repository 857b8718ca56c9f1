"""The colours of the page, in light and in dark."""

from __future__ import annotations

LIGHT = {
    "page": "#ffffff",
    "panel": "#f6f8fa",
    "text": "#1b1f24",
    "faint": "#57606a",
    "line": "#d0d7de",
    "accent": "#1f6fb2",
    "never": "#7d8793",
    "critical": "#a40e26",
    "high": "#d1570a",
    "medium": "#a67c00",
    "low": "#2f7fc1",
    "silent": "#7d8793",
    "other": "#8250df",
}
"""What each colour is for, with the colour on a light page."""

DARK = {
    "page": "#0d1117",
    "panel": "#161b22",
    "text": "#e6edf3",
    "faint": "#9aa4af",
    "line": "#30363d",
    "accent": "#58a6ff",
    "never": "#8b949e",
    "critical": "#ff6b6b",
    "high": "#f0883e",
    "medium": "#e3c341",
    "low": "#58a6ff",
    "silent": "#8b949e",
    "other": "#bc8cff",
}
"""The same on a dark page."""

HEAT_LIGHT = (
    ("#eef2f6", "#1b1f24"),
    ("#d4e4f5", "#1b1f24"),
    ("#a8cbec", "#1b1f24"),
    ("#6fa8dc", "#1b1f24"),
    ("#2f6fb3", "#ffffff"),
    ("#123f75", "#ffffff"),
)
"""From nothing to most on a light page, each with the colour of text on it."""

HEAT_DARK = (
    ("#1c222b", "#e6edf3"),
    ("#17324f", "#e6edf3"),
    ("#1d4f80", "#e6edf3"),
    ("#29639e", "#e6edf3"),
    ("#6aaae8", "#0d1117"),
    ("#b5d8ff", "#0d1117"),
)
"""The same on a dark page."""

PEOPLE = (
    "#1f6fb2",
    "#b3541e",
    "#2b7d46",
    "#7a4fb5",
    "#b03865",
    "#0f7a80",
    "#8a6414",
    "#5361c9",
    "#9c3d9c",
    "#5f6f2a",
)
"""Colours that tell people apart, on either page, with white text on them."""
ON_PEOPLE = "#ffffff"
