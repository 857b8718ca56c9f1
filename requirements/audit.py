"""Holds locked requirements against the advisory database, and fails when it cannot: ``python audit.py ci.txt``.

pip-audit by itself leaves out, with a warning, what it cannot find; an audit that saw nothing would pass.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

KNOWN_BAD = ("jinja2", "2.4.1")
"""A version with advisories that will not go away: an audit that finds none has not seen the database."""


def audited(arguments: list[str]) -> dict[str, list[str]]:
    """The advisories of each package that was looked up, by its name.

    Raises:
        SystemExit: pip-audit did not answer, or left something out.
    """
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        said = done.stderr.strip().splitlines()
        sys.exit(f"cannot audit: pip-audit ended with {done.returncode}: {said[-1] if said else 'without a word'}")
    skipped = [f"{one['name']} ({one['skip_reason']})" for one in found if "skip_reason" in one]
    if skipped:
        sys.exit(f"cannot audit: left out were {', '.join(skipped)}")
    return {one["name"]: [vulnerability["id"] for vulnerability in one["vulns"]] for one in found}


def pinned(locked: Path) -> set[str]:
    """The names of the packages in a file of locked requirements."""
    lines = locked.read_text(encoding="utf-8").splitlines()
    return {line.partition("==")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}


def main(locked: Path, scratch: Path) -> None:
    """Audit, and end with an error when anything was found or could not be looked up."""
    scratch.write_text("==".join(KNOWN_BAD) + "\n", encoding="utf-8")
    try:
        if not audited(["--no-deps", "--disable-pip", "-r", str(scratch)]).get(KNOWN_BAD[0]):
            sys.exit(f"cannot audit: the database knows nothing of {'=='.join(KNOWN_BAD)}")
    finally:
        scratch.unlink()
    found = audited(["--no-deps", "--disable-pip", "-r", str(locked)])
    missing = pinned(locked) - found.keys()
    if missing:
        sys.exit(f"cannot audit: not looked up were {', '.join(sorted(missing))}")
    bad = {name: ids for name, ids in found.items() if ids}
    if bad:
        sys.exit("\n".join(f"{name}: {', '.join(ids)}" for name, ids in bad.items()))
    print(f"{len(found)} packages, no advisories")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[1]).with_suffix(".known-bad.txt"))
