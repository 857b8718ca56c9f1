"""``doctor``: each thing that can stand between a machine and the API, by its real cause."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from pagertree_async.cli import doctor
from pagertree_async.sandbox import Sandbox
from tests.rawserver import Certificates, RawServer, answer, close_before_answer, json_answer, refusing_port


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A sandbox behind a port of this machine: its address, and a file with its token."""
    with Sandbox(size=20) as sandbox:
        server = uvicorn.Server(uvicorn.Config(sandbox.app, port=0, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        (tmp_path / "token").write_text(sandbox.token())
        try:
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", str(tmp_path / "token")
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def token(tmp_path: Path) -> str:
    """A file with a token that no server knows."""
    (tmp_path / "unknown").write_text("a-very-secret-token")
    return str(tmp_path / "unknown")


def verdicts(out: str) -> dict[str, str]:
    """The verdict on each thing that was checked."""
    lines = [line for line in out.splitlines() if not line.startswith(" ")]
    return {line.split()[1].rstrip(":"): line.split()[0] for line in lines}


def test_all_is_well(cli: Any, served: tuple[str, str]) -> None:
    """Against a server that answers every line is passed, or skipped where there is nothing to check."""
    url, file = served
    result = cli("doctor", "--base-url", url, "--token-file", file)
    assert (0, "") == (result.code, result.err)
    assert {
        "credentials": "passed",
        "proxy": "passed",
        "name": "passed",
        "TLS": "skipped",
        "read": "passed",
        "clock": "passed",
        "pace": "passed",
    } == verdicts(result.out)
    assert f"credentials: Token from file, for {url} (v3)" in result.out
    assert "name: 127.0.0.1 is 127.0.0.1" in result.out
    assert Path(file).read_text() not in result.out


def test_the_sandbox(cli: Any, sandbox: Any) -> None:
    """In this process there is no network to check."""
    result = cli("doctor", "--sandbox")
    assert 0 == result.code
    assert {"name": "skipped", "TLS": "skipped", "read": "passed"}.items() <= verdicts(result.out).items()
    assert 2 == cli("doctor", "--sandbox", "--base-url", "http://127.0.0.1").code


def test_no_credentials(cli: Any) -> None:
    """What needs no credentials is checked all the same; the hint says how to get some."""
    result = cli("doctor", "--base-url", f"http://127.0.0.1:{refusing_port()}")
    assert 3 == result.code
    assert {"credentials": "failed", "proxy": "passed", "TLS": "failed", "read": "skipped"}.items() <= verdicts(
        result.out
    ).items()
    assert "auth login" in result.out


def test_credentials_without_anything_else_wrong(cli: Any, served: tuple[str, str]) -> None:
    """Where only the credentials are missing, what needs them is skipped."""
    result = cli("doctor", "--base-url", served[0])
    assert (3, "skipped") == (result.code, verdicts(result.out)["read"])


def test_wrong_credentials(cli: Any, served: tuple[str, str], token: str) -> None:
    """A token that the server refuses is told by the read, and the clock is still looked at."""
    result = cli("doctor", "--base-url", served[0], "--token-file", token)
    assert 3 == result.code
    assert {"read": "failed", "clock": "passed", "pace": "passed"}.items() <= verdicts(result.out).items()
    assert "a-very-secret-token" not in result.out


def test_a_name_that_is_not_there(cli: Any, token: str) -> None:
    """A host that no name server knows."""
    result = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    assert 7 == result.code
    assert {"name": "failed", "TLS": "skipped", "read": "skipped"}.items() <= verdicts(result.out).items()
    assert "Check the spelling" in result.out


def test_a_port_that_refuses(cli: Any, token: str) -> None:
    """Nobody listens."""
    result = cli("doctor", "--base-url", f"http://127.0.0.1:{refusing_port()}", "--token-file", token)
    assert (7, "failed") == (result.code, verdicts(result.out)["TLS"])
    assert "Connection refused" in result.out


def test_a_certificate_that_is_not_believed(
    cli: Any, token: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An unknown authority fails with what to set, and setting it helps."""
    certificates = Certificates(tmp_path)
    with RawServer(json_answer({"data": []}), tls=certificates.good()) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        failed = cli("doctor", "--base-url", url, "--token-file", token)
        monkeypatch.setenv("SSL_CERT_FILE", certificates.path)
        passed = cli("doctor", "--base-url", url, "--token-file", token)
    assert (7, "failed") == (failed.code, verdicts(failed.out)["TLS"])
    assert "SSL_CERT_FILE" in failed.out
    assert (0, "passed", "skipped") == (passed.code, verdicts(passed.out)["TLS"], verdicts(passed.out)["clock"])


def test_the_proxy_and_its_variable(cli: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which proxy, from which variable; one that is none; one that is not used."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://user:a-password@127.0.0.1:{refusing_port()}")
    through = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    monkeypatch.setenv("NO_PROXY", "api.invalid")
    around = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    monkeypatch.delenv("NO_PROXY")
    monkeypatch.setenv("HTTPS_PROXY", "socks5://127.0.0.1:1")
    wrong = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    assert (7, 7, 2) == (through.code, around.code, wrong.code)
    assert ", from HTTPS_PROXY\n" in through.out
    assert "name: 127.0.0.1 (the proxy) is 127.0.0.1\n" in through.out
    assert {"TLS": "skipped", "read": "failed"}.items() <= verdicts(through.out).items()
    assert "proxy: none; HTTPS_PROXY is not used for api.invalid" in around.out
    assert "Correct HTTPS_PROXY, or unset it" in wrong.out
    assert "a-password" not in through.out


def test_a_clock_that_is_wrong(cli: Any, token: str) -> None:
    """A server whose time is another tells how far this machine's is off."""
    date = format_datetime(datetime.now(UTC) - timedelta(minutes=10), usegmt=True)
    with RawServer(answer(200, b'{"data": []}', ("Date", date))) as server:
        result = cli("doctor", "--base-url", server.url, "--token-file", token)
    assert (1, "failed") == (result.code, verdicts(result.out)["clock"])
    assert "s ahead of the server's" in result.out


def test_a_server_that_asks_to_wait(cli: Any, token: str) -> None:
    """A 429 is told with its wait, and a limit with its numbers."""
    with RawServer(answer(429, b"", ("Retry-After", "300"))) as server:
        result = cli("doctor", "--base-url", server.url, "--token-file", token)
    with RawServer(answer(200, b'{"data": []}', ("X-RateLimit-Limit", "50"))) as server:
        told = cli("doctor", "--base-url", server.url, "--token-file", token)
    assert (6, "failed", "failed") == (result.code, verdicts(result.out)["read"], verdicts(result.out)["pace"])
    assert "Try again in 300 s" in result.out
    assert "pace: x-ratelimit-limit: 50\n" in told.out


def test_no_answer(cli: Any, token: str) -> None:
    """A server that closes without an answer fails the read; there is nothing to tell of the clock."""
    with RawServer(close_before_answer) as server:
        result = cli("doctor", "--base-url", server.url, "--token-file", token)
    assert 7 == result.code
    assert {"read": "failed", "clock": "skipped"}.items() <= verdicts(result.out).items()


def test_a_finding_is_printable() -> None:
    """Nothing that a server sends moves the cursor."""
    assert ["passed  pace: a b"] == doctor.Finding("pace", "passed", "a\x1bb").lines()
