"""What the words of a command line say before they are taken apart: which API, and which config file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pagertree_async.cli.connect import ON_CALL, USUAL, Target, api_of, one_of
from pagertree_async.cli.exits import CommandError

TELLING = frozenset({"-v", "-vv", "--verbose"})
"""What has each attempt told."""
CONFIG = "--config"
SHORT = "-c"
"""The same, before the command or in the middle of its two words."""
TOLD = frozenset({"--api", "--profile", "--token-file"})


class Line(NamedTuple):
    """A command line that was looked at.

    Attributes:
        words: The words as the commands take them.
        config: The config file that they name.
    """

    words: list[str]
    config: Path | None


def glimpse(words: Sequence[str]) -> str:
    """Which API the words of a command line mean: its commands depend on it.

    Raises:
        CommandError: They name one that there is not.
    """
    told = _told(words)
    file = told.get("--token-file")
    target = Target(
        api=told.get("--api"),
        profile=told.get("--profile"),
        token_file=None if file is None else Path(file),
        token_stdin="--token-stdin" in words,
    )
    if target.api is not None:
        return one_of(target.api, ON_CALL)
    try:
        return api_of(target)
    except (CommandError, OSError):  # a config file that cannot be used: the commands that need it say so
        return USUAL


def _told(words: Sequence[str]) -> dict[str, str]:
    told: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word == "--":
            break
        name, sign, value = word.partition("=")
        if name in TOLD and (value := value if sign else next(rest, "")):
            told[name] = value
    return told


def looked_at(words: Sequence[str]) -> Line:
    """The words with ``--api`` put behind the command, and the config file that they name taken out.

    Each may stand anywhere, as ``-v`` may before the command or in the middle of its two words.
    """
    end = words.index("--") if "--" in words else len(words)
    kept, moved, config = list[str](), list[str](), list[str]()
    rest = iter(words[:end])
    for word in rest:
        early = len(kept) < 2
        name, sign, value = word.partition("=")
        if early and word in TELLING:
            moved.append(word)
        elif name == CONFIG or (early and word == SHORT):
            given = [value] if sign else _next(rest)
            config += given
            kept += [] if given else [CONFIG]
        elif name == "--api":
            moved += [word] if sign else [word, *_next(rest)]
        else:
            kept.append(word)
    return Line([*kept, *moved, *words[end:]], Path(config[-1]) if config else None)


def _next(words: Iterator[str]) -> list[str]:
    return [word for word in [next(words, None)] if word is not None]
