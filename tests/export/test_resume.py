"""An export that was killed, or ran out of disk, is gone on with and has exactly the rows."""

from __future__ import annotations

import contextlib
import csv
import gzip
import http.server
import io
import json
import operator
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from pagertree_async import InvalidArgumentError, PagerTree
from pagertree_async.export import FORMATS, ExportError, ExportStateError, export
from pagertree_async.export.lock import Lock
from pagertree_async.sandbox import Sandbox
from tests.modes import MODES

ROWS = 3000
KILLS = int(os.environ.get("EXPORT_KILLS", "5"))
"""How often an export to each sink is killed; ``nox -s kills`` has it done 50 times."""
CHILD = """
import sys
import anyio
from pagertree_async import AsyncPagerTree, PagerTree
from pagertree_async.export import export, shares, table, windows
url, folder, form, incremental, mode = sys.argv[1:]
table.KEPT_EVERY, windows.WINDOW_ROWS, shares.WORTH_SPLITTING = 0.02, 400, 300
settings = {"only": "alerts", "format": form, "at_once": 4, "incremental": incremental == "True"}
async def awaited():
    async with AsyncPagerTree("t", base_url=url) as client:
        print("begun", flush=True)
        return await export(client, folder, **settings)
def called():
    with PagerTree("t", base_url=url) as client:
        print("begun", flush=True)
        return export(client, folder, **settings)
report = called() if mode == "blocking" else anyio.run(awaited, backend=mode)
assert not report.warnings, report.warnings
print("whole", flush=True)
"""


class Served:
    """A list of alerts, two milliseconds a page, from a thread of its own."""

    def __init__(self) -> None:
        with Sandbox(alerts=ROWS, size=0) as sandbox:
            self.all: list[dict[str, Any]] = sandbox._store.all("alert")
        self.rows = self.all
        served = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                time.sleep(0.002)
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                body = json.dumps(served.page(query)).encode()
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

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        rows = self.rows
        for name in ("createdAt", "updatedAt"):
            if name in query:
                compare = {f"{name}:gte": operator.ge, f"{name}:lt": operator.lt}[query["ops"]]
                rows = [row for row in rows if name in row and compare(row[name], query[name])]
        by = query.get("sort", "createdAt")
        rows = sorted(rows, key=lambda row: row.get(by.removeprefix("-"), ""), reverse=by.startswith("-"))
        offset, limit = int(query["offset"]), int(query["limit"])
        data = rows[offset : offset + limit]
        return {"data": data, "has_more": offset + len(data) < len(rows), "total_count": len(rows)}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A list of alerts."""
    served = Served()
    yield served
    served.close()


@pytest.fixture
def url(served: Served) -> str:
    """Where all of the list is."""
    served.rows = served.all
    return served.url


def child(
    url: str, folder: Path, form: str, mode: str = "blocking", *, incremental: bool = False, **settings: Any
) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, str(folder), form, str(incremental), mode],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **settings,
    )


def ids(folder: Path, form: str) -> list[str]:
    """The ids of the rows in a finished export."""
    return [row[0] for row in rows_of(folder, form)]


def rows_of(folder: Path, form: str) -> list[tuple[str, str]]:
    """The ids and titles of the rows in a finished export."""
    if form == "sqlite":
        with contextlib.closing(sqlite3.connect(folder / "alerts.sqlite")) as connection:
            return connection.execute("SELECT id, title FROM alerts").fetchall()
    if form in {"duckdb", "parquet"}:
        import duckdb

        source = "read_parquet(?)" if form == "parquet" else "alerts"
        with duckdb.connect(folder / "alerts.duckdb" if form == "duckdb" else ":memory:") as database:
            given = [str(folder / "alerts.parquet" / "*.parquet")] if form == "parquet" else []
            return database.execute(f"SELECT id, title FROM {source}", given).fetchall()
    data = (folder / f"alerts.{form}").read_bytes()
    if form == "csv":
        return [(row["id"], row["title"]) for row in csv.DictReader(io.StringIO(data.decode(), newline=""))]
    if form == "ndjson.gz":
        data = gzip.decompress(data)
    if form == "ndjson.zst":
        import zstandard

        data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data), read_across_frames=True).read()
    return [(row["id"], row["title"]) for row in map(json.loads, data.splitlines())]


def killed(url: str, folder: Path, form: str, *, incremental: bool) -> None:
    """Kill an export again and again at random moments, in each mode, then let it come to its end."""
    chance = random.Random(f"{form} {incremental}")
    for _ in range(KILLS):
        with child(url, folder, form, chance.choice(MODES), incremental=incremental) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.25))
            process.send_signal(signal.SIGKILL)
    with child(url, folder, form, chance.choice(MODES), incremental=incremental) as process:
        out, err = process.communicate()
    assert (b"begun\nwhole\n", b"") == (out, err), err.decode()


@pytest.mark.parametrize("form", FORMATS)
def test_killed_again_and_again(form: str, url: str, tmp_path: Path) -> None:
    """``kill -9`` at random moments, then once to the end: exactly the rows, no torn line."""
    killed(url, tmp_path, form, incremental=False)
    found = ids(tmp_path, form)
    assert (ROWS, ROWS) == (len(found), len(set(found)))
    assert [f"alerts.{form}"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.parametrize("form", FORMATS)
def test_killed_while_it_is_brought_up_to_date(form: str, served: Served, tmp_path: Path) -> None:
    """The same of an export that brings a finished file up to date: each row is there once, as it is now."""
    served.rows = served.all[:2000]
    with PagerTree("t", base_url=served.url) as client:
        export(client, tmp_path, only="alerts", format=form, incremental=True)
    last = served.all[-1]["createdAt"]
    changed = [row | {"title": f"changed {row['id']}", "updatedAt": last} for row in served.all[:900:2]]
    served.rows = sorted([*served.all[1:900:2], *served.all[900:], *changed], key=lambda row: str(row["createdAt"]))
    killed(served.url, tmp_path, form, incremental=True)
    found = rows_of(tmp_path, form)
    assert sorted((row["id"], row["title"]) for row in served.rows) == sorted(found)
    assert ["alerts.complete", f"alerts.{form}"] == sorted(path.name for path in tmp_path.iterdir())


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
        ("plan", "is of another export: format was ndjson, and is csv"),
        ("torn", "is torn"),
        ("version", "was written by another version of this library: its form is 99, not 4"),
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
    elif harm == "version":
        state.write_bytes(b'{"version":99,"plan":"what later versions keep"}')
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
    taken = Lock(tmp_path)
    with PagerTree("t", base_url=url) as client:
        with pytest.raises(InvalidArgumentError, match="another export writes to"):
            export(client, tmp_path, only="alerts")
        taken.release()
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
