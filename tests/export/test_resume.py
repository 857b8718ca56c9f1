"""An export that was killed, or ran out of disk, is gone on with and has exactly the rows."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import random
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pagertree_async import InvalidArgumentError, PagerTree
from pagertree_async.export import FORMATS, ExportError, ExportStateError, export, files
from pagertree_async.sandbox import Sandbox

ROWS = 3000
CHILD = """
import sys, threading
from pagertree_async import PagerTree
from pagertree_async.export import export, table
table.KEPT_EVERY = 0.02
with PagerTree("t", base_url=sys.argv[1]) as client:
    print("begun", flush=True)
    export(client, sys.argv[2], only="alerts", format=sys.argv[3], at_once=4)
    print("whole", flush=True)
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A list of alerts, two milliseconds a page, from a thread of its own."""
    import http.server
    from urllib.parse import parse_qs, urlsplit

    with Sandbox(alerts=ROWS, size=0) as sandbox:
        alerts = sandbox._store.all("alert")

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            rows = alerts
            if since := query.get("createdAt"):
                rows = [
                    row
                    for row in rows
                    if row["createdAt"] > since or ("gte" in query["ops"] and row["createdAt"] == since)
                ]
            if query.get("sort", "").startswith("-"):
                rows = rows[::-1]
            time.sleep(0.002)
            offset, limit = int(query["offset"]), int(query["limit"])
            data = rows[offset : offset + limit]
            body = json.dumps(
                {"data": data, "has_more": offset + len(data) < len(rows), "total_count": len(rows)}
            ).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *args: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def child(url: str, folder: Path, form: str, **settings: Any) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(folder), form],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **settings,
    )


def ids(folder: Path, form: str) -> list[str]:
    """The ids of the rows in a finished export."""
    if form == "sqlite":
        import sqlite3

        connection = sqlite3.connect(folder / "alerts.sqlite")
        found = [str(row[0]) for row in connection.execute("SELECT id FROM alerts")]
        connection.close()
        return found
    data = (folder / f"alerts.{form}").read_bytes()
    if form == "csv":
        import csv

        return [row["id"] for row in csv.DictReader(data.decode().splitlines())]
    if form == "ndjson.gz":
        data = gzip.decompress(data)
    if form == "ndjson.zst":
        import io

        import zstandard

        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    return [json.loads(line)["id"] for line in data.splitlines()]


@pytest.mark.parametrize("form", FORMATS)
def test_killed_again_and_again(form: str, url: str, tmp_path: Path) -> None:
    """``kill -9`` at five random moments, then once to the end: exactly the rows, no torn line."""
    chance = random.Random(form)
    for _ in range(5):
        with child(url, tmp_path, form) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.12))
            process.send_signal(signal.SIGKILL)
    with child(url, tmp_path, form) as process:
        out, err = process.communicate()
    assert (b"begun\nwhole\n", b"") == (out, err)
    found = ids(tmp_path, form)
    assert (ROWS, ROWS) == (len(found), len(set(found)))
    assert [f"alerts.{form}"] == [path.name for path in tmp_path.iterdir()]


def test_a_disk_that_is_full(url: str, tmp_path: Path) -> None:
    """A file that may not grow is a clear error; with room again the same export goes on and has exactly the rows."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]

    def little_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, hard))

    with child(url, tmp_path, "ndjson", preexec_fn=little_room) as process:
        _, err = process.communicate()
    assert b"alerts could not be exported: [Errno 27] File too large" in err
    assert ["alerts.checkpoint", "alerts.ndjson.part"] == sorted(path.name for path in tmp_path.iterdir())
    read: list[int] = []
    with PagerTree("t", base_url=url) as client:
        report = export(client, tmp_path, only="alerts", progress=lambda step: read.append(step.rows))
    assert read[0] > 100
    assert ROWS == report.rows == len(set(ids(tmp_path, "ndjson"))) == len(ids(tmp_path, "ndjson"))


@pytest.fixture
def stopped(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an export that was stopped in the middle."""

    def enough(step: Any) -> None:
        if step.rows >= 1500:
            raise OSError(28, "No space left on device")

    with PagerTree("t", base_url=url) as client, pytest.raises(ExportError):
        export(client, tmp_path, only="alerts", progress=enough)
    return tmp_path


def test_going_on_reads_only_the_rest(url: str, stopped: Path) -> None:
    """What was written before is not asked for again."""
    pages: list[int] = []
    with PagerTree("t", base_url=url) as client:
        report = export(client, stopped, only="alerts", progress=lambda step: pages.append(step.rows))
    assert pages[0] > 1000
    assert (ROWS, ()) == (report.rows, report.warnings)
    assert ROWS == len(set(ids(stopped, "ndjson"))) == len(ids(stopped, "ndjson"))


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("plan", "is of another export"),
        ("torn", "is torn"),
        ("short", "is not what its checkpoint says"),
        ("changed", "is not what its checkpoint says"),
    ],
)
def test_what_does_not_fit_is_refused(harm: str, said: str, url: str, stopped: Path) -> None:
    """Another plan, a torn checkpoint and a file that was changed are refused, and nothing is overwritten."""
    state, part = stopped / "alerts.checkpoint", stopped / "alerts.ndjson.part"
    form = "ndjson"
    if harm == "plan":
        form = "csv"
    elif harm == "torn":
        state.write_bytes(state.read_bytes()[:-20])
    elif harm == "short":
        part.write_bytes(part.read_bytes()[:5000])
    else:
        part.write_bytes(b"x" + part.read_bytes()[1:])
    before = {path.name: path.read_bytes() for path in stopped.iterdir()}
    with PagerTree("t", base_url=url) as client, pytest.raises(ExportStateError, match=said):
        export(client, stopped, only="alerts", format=form)
    assert before == {path.name: path.read_bytes() for path in stopped.iterdir()}


def test_two_exports_cannot_share_a_folder(url: str, tmp_path: Path) -> None:
    """The second is refused while the first runs; afterwards the folder is free."""
    lock = files.Lock(tmp_path)
    with PagerTree("t", base_url=url) as client:
        with pytest.raises(InvalidArgumentError, match="another export writes to"):
            export(client, tmp_path, only="alerts")
        lock.release()
        assert ROWS == export(client, tmp_path, only="alerts").rows


def test_a_file_that_was_finished_is_not_read_again(url: str, stopped: Path) -> None:
    """A crash after the last page, before or after the file has its name, costs nothing but the rest of the names."""
    with PagerTree("t", base_url=url) as client:
        saved = (stopped / "alerts.checkpoint").read_bytes()
        export(client, stopped, only="alerts")
        whole = (stopped / "alerts.ndjson").read_bytes()
        import zlib

        state = json.loads(saved)
        state |= {"whole": True, "rows": ROWS, "mark": {"bytes": len(whole), "checksum": zlib.crc32(whole)}}
        (stopped / "alerts.checkpoint").write_text(json.dumps(state))
    with PagerTree("t", base_url="http://127.0.0.1:1") as client, pytest.raises(ExportStateError):
        export(client, stopped, only="alerts")
    with PagerTree("t", base_url=url) as client:
        pages: list[Any] = []
        report = export(client, stopped, only="alerts", progress=pages.append)
    assert ([True], ROWS) == ([step.done for step in pages], report.rows)
    assert whole == (stopped / "alerts.ndjson").read_bytes()
