"""What CI installs is locked: everything that the package and its tests ask for, in a version that will do, with hashes."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
EXTRAS = ("all", "test")


def locked() -> dict[str, tuple[str, int]]:
    """The version of each package, and how many hashes it may have."""
    text = (ROOT / "requirements" / "ci.txt").read_text(encoding="utf-8")
    found: dict[str, tuple[str, int]] = {}
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]:
        name, version = re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", block).groups()  # type: ignore[union-attr]
        found[canonicalize_name(name)] = version, len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", block))
    return found


def asked_for() -> Iterator[Requirement]:
    """What CI needs, with what the extras of this package stand for."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines, extras = list(project["dependencies"]), list(EXTRAS)
    for extra in extras:  # it grows
        for one in map(Requirement, project["optional-dependencies"][extra]):
            if canonicalize_name(one.name) == project["name"]:
                extras += [more for more in one.extras if more not in extras]
            else:
                lines.append(str(one))
    return map(Requirement, lines)


def test_everything_is_there() -> None:
    """No package that is asked for is missing, or has a version that is not allowed."""
    have = locked()
    missing = [
        str(one)
        for one in asked_for()
        if canonicalize_name(one.name) not in have or have[canonicalize_name(one.name)][0] not in one.specifier
    ]
    assert [] == missing


def test_everything_has_its_hashes() -> None:
    """Not one could be replaced without anybody noticing."""
    assert 50 < len(locked())
    assert [] == [name for name, (_, hashes) in locked().items() if not hashes]
