"""A gzip bomb of 512 MiB and a body of 1 GiB add at most 40 MiB of memory, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.chaos.memory import KINDS
from tests.rawserver import Connection, RawRequest, RawServer, head, json_answer
from tests.reliability.test_retry_after import TRANSPORTS

MIB = 1024 * 1024
MOST = 40
ROOT = Path(__file__).parents[2]


@cache
def bomb(wbits: int) -> bytes:
    """512 MiB of zeros, compressed: half a MiB."""
    packer, zeros = zlib.compressobj(9, zlib.DEFLATED, wbits), bytes(MIB)
    return b"".join([packer.compress(zeros) for _ in range(512)]) + packer.flush()


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    """Data in the framing of chunks."""
    for start in range(0, len(data), size):
        part = data[start : start + size]
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


def answer(kind: str) -> Iterator[bytes]:
    """The parts of an answer that is too large."""
    packed = ("content-encoding", "deflate" if kind.startswith("deflate") else "gzip")
    chunked = ("transfer-encoding", "chunked")
    if kind == "bomb-in-chunks":
        yield head(200, packed, chunked)
        yield from chunks(bomb(31), 1000)
    elif kind.endswith("bomb"):
        data = bomb(31 if kind == "bomb" else 15)
        yield head(200, packed, ("content-length", str(len(data)))) + data
    elif kind == "head":
        yield b"HTTP/1.1 200 OK\r\n"
        for number in range(10_000_000):
            yield b"x-%d: %s\r\n" % (number, b"v" * 1000)
    elif kind == "body-in-chunks":
        yield head(200, chunked)
        for _ in range(1024 * 16):
            yield b"10000\r\n%s\r\n" % bytes(65536)
        yield b"0\r\n\r\n"
    else:
        yield head(500 if "error" in kind else 200, ("content-length", str(1024 * MIB)))
        for _ in range(1024 * 16):
            yield bytes(65536)


def behave(connection: Connection, request: RawRequest) -> bool | None:
    """Send what is asked for, until the client has had enough."""
    kind = request.target.strip("/")
    if kind == "normal":
        return json_answer({"id": "alt_1"})(connection, request)
    with suppress(OSError):
        for part in answer(kind):
            connection.sock.sendall(part)
    return False


@pytest.mark.skipif(sys.platform == "win32", reason="this system does not tell how much memory was used at most")
@pytest.mark.parametrize(("backend", "transport"), TRANSPORTS)
def test_answers_that_are_too_large(backend: str, transport: str) -> None:
    """Whatever comes, reading stops before it takes much memory, and the error says so."""
    pytest.importorskip(transport.removeprefix("portal:"))
    assert len(bomb(31)) < MIB
    with RawServer(behave) as server:
        command = [sys.executable, "-m", "tests.chaos.memory", backend, transport, server.url]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=ROOT, check=False)
    assert 0 == done.returncode, done.stderr
    results = json.loads(done.stdout)
    before = results.pop("before")
    added = {kind: (peak - before) / 1024 for kind, (_, peak) in results.items()}
    print(
        f"\n{backend} {transport}: {before / 1024:.0f} MiB before,",
        {kind: round(mib, 1) for kind, mib in added.items()},
    )
    assert list(KINDS) == list(results)
    assert max(added.values()) <= MOST
    assert {"ResponseTooLargeError"} == {error for kind, (error, _) in results.items() if "error" not in kind}
