"""``doctor``: each thing that can stand between a machine and the API, by its real cause."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from pagertree_async.cli import connect, examining, fast, probing
from pagertree_async.cli import sandbox as serving
from pagertree_async.sandbox import Sandbox
from pagertree_async.sandbox.pagerduty import PagerDutySandbox
from pagertree_async.sandbox.together import Together
from tests.rawserver import (
    Certificates,
    Connection,
    RawServer,
    answer,
    black_hole,
    close_before_answer,
    json_answer,
    refusing_port,
)


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
        "transport": "passed",
        "credentials": "passed",
        "proxy": "passed",
        "name": "passed",
        "connection": "passed",
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
    found = {"credentials": "failed", "proxy": "passed", "connection": "failed", "TLS": "skipped", "read": "skipped"}
    assert found.items() <= verdicts(result.out).items()
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


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_port_that_refuses(scheme: str, cli: Any, token: str) -> None:
    """Nobody listens: that is the connection's failure, and TLS is not spoken of."""
    port = refusing_port()
    result = cli("doctor", "--base-url", f"{scheme}://127.0.0.1:{port}", "--token-file", token)
    assert 7 == result.code
    assert {"connection": "failed", "TLS": "skipped", "read": "skipped"}.items() <= verdicts(result.out).items()
    assert f"failed  connection: 127.0.0.1:{port}: Connection refused\n" in result.out
    assert "skipped TLS: not tried, because of what failed: connection\n" in result.out


def test_a_port_that_nobody_takes_up(cli: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that does not come about is told with how long it was waited for."""
    monkeypatch.setattr(probing, "PATIENCE", 0.2)
    with black_hole() as url:
        result = cli("doctor", "--base-url", url, "--token-file", token)
    assert (7, "failed") == (result.code, verdicts(result.out)["connection"])
    assert "no answer within 0 s" in result.out


def test_https_of_a_port_without_tls(cli: Any, served: tuple[str, str]) -> None:
    """It is told that the port answers plain HTTP, and what to write instead."""
    url, file = served
    result = cli("doctor", "--base-url", url.replace("http:", "https:"), "--token-file", file)
    assert (7, "passed", "failed") == (result.code, *(verdicts(result.out)[what] for what in ("connection", "TLS")))
    assert f"TLS: {url.removeprefix('http://')} answers plain HTTP, not TLS\n        {probing.NO_TLS}\n" in result.out


def test_https_of_a_port_that_waits_for_a_request(cli: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same where the server makes nothing of a handshake and waits for more; it is never shown the credentials."""
    monkeypatch.setattr(probing, "PATIENCE", 0.5)
    with RawServer(answer(404)) as server:
        result = cli("doctor", "--base-url", server.url.replace("http:", "https:"), "--token-file", token)
    assert "answers plain HTTP, not TLS" in result.out
    assert [("HEAD", "/", [("host", "127.0.0.1"), ("connection", "close")])] == [
        (request.method, request.target, request.headers) for request in server.requests
    ]


def test_http_of_a_port_with_tls(cli: Any, token: str, tmp_path: Path) -> None:
    """The read fails, and its hint is to write https://; where something else is wrong the hint is another."""
    with RawServer(tls=Certificates(tmp_path).good()) as server:
        result = cli("doctor", "--base-url", server.url.replace("https:", "http:"), "--token-file", token)
    with RawServer(answer(400, b"{}")) as other:
        refused = cli("doctor", "--base-url", other.url, "--token-file", token)
    assert (7, "failed", True) == (
        result.code,
        verdicts(result.out)["read"],
        f"\n        {examining.SPEAKS_TLS}\n" in result.out,
    )
    assert (5, "failed", False) == (
        refused.code,
        verdicts(refused.out)["read"],
        examining.SPEAKS_TLS in refused.out,
    )


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        ("wrong_host", probing.ANOTHERS),
        ("expired", probing.OUT_OF_TIME),
        ("self_signed", probing.UNTRUSTED),
    ],
)
def test_what_to_do_about_a_certificate(
    kind: str, hint: str, cli: Any, token: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One for another host, one whose time is over, and one that nobody vouches for each need something else."""
    certificates = Certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", certificates.path)
    with RawServer(tls=getattr(certificates, kind)()) as server:
        result = cli("doctor", "--base-url", server.url, "--token-file", token)
    assert (7, "failed", True) == (result.code, verdicts(result.out)["TLS"], f"\n        {hint}\n" in result.out)


def cut(connection: Connection) -> bool:
    """End the connection where the handshake should be."""
    connection.sock.recv(10)
    connection.reset()
    return False


@pytest.mark.parametrize(
    ("greet", "told"),
    [(cut, "Connection reset by peer"), (Connection.wait_for_the_end, "no answer within 0 s")],
)
def test_a_handshake_that_fails(
    greet: Any, told: str, cli: Any, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handshake that is cut or never comes is told as one, with what to look at."""
    monkeypatch.setattr(probing, "PATIENCE", 0.5)
    with RawServer(tls=Certificates(tmp_path).good(), greet=greet) as server:
        result = cli("doctor", "--base-url", server.url, "--token-file", token)
    assert (7, "failed") == (result.code, verdicts(result.out)["TLS"])
    peer = server.url.removeprefix("https://")
    assert f"failed  TLS: {peer}: the handshake failed: {told}\n        {probing.CUT}\n" in result.out


def test_a_handshake_that_is_refused(cli: Any, token: str, tmp_path: Path) -> None:
    """A server that wants another TLS than this machine speaks: what the libraries call that is told in words."""
    context = Certificates(tmp_path).good()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA")
    context.set_ecdh_curve("secp521r1")
    with RawServer(tls=context) as server:
        result = cli("doctor", "--base-url", server.url, "--token-file", token)
    assert (7, "failed") == (result.code, verdicts(result.out)["TLS"])


def test_a_name_that_is_none(cli: Any, token: str) -> None:
    """What no name server could be asked for is told, and nothing breaks."""
    result = cli("doctor", "--base-url", f"https://{'a' * 64}.example", "--token-file", token)
    assert (7, "failed") == (result.code, verdicts(result.out)["name"])
    assert "it is no name that can be looked up" in result.out


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://[::1]", "[::1]:443"),
        ("http://api.example.com", "api.example.com:80"),
        ("https://api.example.com:8443/x", "api.example.com:8443"),
    ],
)
def test_a_peer_as_it_is_shown(url: str, shown: str) -> None:
    """A host and its port, as an address has them."""
    assert shown == str(probing.Peer.of(url))


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


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_that_refuses(variable: str, cli: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that nobody listens at is told with the variable that names it; NO_PROXY goes around it."""
    address = f"127.0.0.1:{refusing_port()}"
    monkeypatch.setenv(variable, f"http://user:a-password@{address}")
    through = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    monkeypatch.setenv("NO_PROXY", "api.invalid")
    around = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    assert (7, 7) == (through.code, around.code)
    assert f"failed  proxy: {address}, from {variable}: Connection refused\n" in through.out
    assert f"        Correct {variable}, unset it, or have NO_PROXY=api.invalid go around it\n" in through.out
    assert {"name": "skipped", "TLS": "skipped", "read": "skipped"}.items() <= verdicts(through.out).items()
    assert f"passed  proxy: none; {variable} is not used for api.invalid\n" in around.out
    assert "failed" == verdicts(around.out)["name"]
    assert "a-password" not in through.out


def test_a_proxy_in_between(cli: Any, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a proxy that is there, the look-up and TLS are the proxy's affair, and reading shows whether they work."""
    with RawServer(answer(407)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        result = cli("doctor", "--base-url", "https://api.invalid", "--token-file", token)
    assert f"passed  proxy: 127.0.0.1:{proxy.port}, from HTTPS_PROXY; it accepts connections\n" in result.out
    assert "skipped name: the proxy's affair; reading shows it\n" in result.out
    assert {"TLS": "skipped", "read": "failed"}.items() <= verdicts(result.out).items()
    assert 7 == result.code


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "all_proxy"])
@pytest.mark.parametrize("scheme", ["socks5", "https"])
def test_a_proxy_of_another_kind(
    scheme: str, variable: str, cli: Any, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that cannot be used is named by its variable, by ``doctor`` and by whatever else meets it first."""
    monkeypatch.setenv(variable, f"{scheme}://user:a-password@127.0.0.1:1")
    given = ("--base-url", "https://api.invalid", "--token-file", token)
    found, called = cli("doctor", *given), cli("teams", "list", *given)
    error = (
        f"the proxy's address in {variable} has the scheme '{scheme}', only http is supported; "
        "it should be like http://10.0.0.1:3128"
    )
    hint = f"Correct {variable}, unset it, or have NO_PROXY name the hosts that need none"
    assert (2, True, True) == (
        found.code,
        f"failed  proxy: {error}\n        {hint}\n" in found.out,
        error in called.err,
    )
    assert (2, True) == (called.code, f"hint: {hint}\n" in called.err)
    assert "a-password" not in found.out + called.err


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
    assert ["passed  pace: a b"] == examining.Finding("pace", "passed", "a\x1bb").lines()


# every API, each failure ----------------------------------------------------------------------------------------------

DUTY = "PAGERDUTY_API_KEY"
OF = {"v3": "Token", "v4": "ApiKey", "pagerduty": "ApiToken"}


@pytest.fixture(scope="module")
def everything() -> Iterator[tuple[str, dict[str, str]]]:
    """Where all accounts are, and the secret of each API."""
    with Sandbox(size=20) as tree, PagerDutySandbox() as duty, serving.listening("127.0.0.1", 0) as listener:
        app = Together(tree.app, duty)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield serving.address(listener), {"v3": tree.token(), "v4": tree.v4_api_key, "pagerduty": duty.api_key}
        server.should_exit = True
        thread.join(10)


@pytest.mark.parametrize("api", connect.ON_CALL)
class TestEach:
    """The same of each API."""

    def asked(self, cli: Any, api: str, url: str, tmp_path: Path, secret: str = "a-secret") -> Any:
        """What doctor says of an address."""
        (tmp_path / "secret").write_text(secret)
        result = cli("doctor", "--api", api, "--base-url", url, "--token-file", str(tmp_path / "secret"))
        assert secret not in result.out + result.err
        assert all(
            line.startswith(("passed  ", "failed  ", "skipped ", "        ")) for line in result.out.splitlines()
        )
        failed = [number for number, line in enumerate(result.out.splitlines()) if line.startswith("failed")]
        assert all(result.out.splitlines()[number + 1].startswith("        ") for number in failed), result.out
        return result

    def test_all_is_well(self, api: str, cli: Any, everything: tuple[str, dict[str, str]], tmp_path: Path) -> None:
        """Credentials that work pass, and every line is there."""
        url, secrets = everything
        result = self.asked(cli, api, url, tmp_path, secrets[api])
        assert 0 == result.code, result.out
        assert f"passed  credentials: {OF[api]} from file, for {url} ({api})\n" in result.out
        assert ["transport", "credentials", "proxy", "name", "connection", "TLS", "read", "clock", "pace"] == list(
            verdicts(result.out)
        )
        assert {"passed", "skipped"} == set(verdicts(result.out).values())

    def test_the_sandbox(self, api: str, cli: Any, sandbox: Any) -> None:
        """The sandbox of this process has one of each."""
        result = cli("doctor", "--api", api, "--sandbox")
        assert (0, "passed") == (result.code, verdicts(result.out)["read"]), result.out

    def test_wrong_credentials(self, api: str, cli: Any, everything: tuple[str, Any], tmp_path: Path) -> None:
        """What the server does not know is told by the read."""
        result = self.asked(cli, api, everything[0], tmp_path)
        assert (3, "failed", "passed") == (result.code, verdicts(result.out)["read"], verdicts(result.out)["clock"])

    def test_no_credentials(self, api: str, cli: Any, everything: tuple[str, Any]) -> None:
        """Without any, the way is looked at all the same, and how to get some is said."""
        result = cli("doctor", "--api", api, "--base-url", everything[0])
        assert (3, "failed", "passed", "skipped") == (
            result.code,
            *(verdicts(result.out)[what] for what in ("credentials", "name", "read")),
        )
        assert ("PAGERDUTY_API_KEY" if api == "pagerduty" else "auth login") in result.out

    def test_not_allowed(self, api: str, cli: Any, tmp_path: Path) -> None:
        """A 403 is told as one."""
        with RawServer(answer(403, b"{}")) as server:
            result = self.asked(cli, api, server.url, tmp_path)
        assert (3, "failed") == (result.code, verdicts(result.out)["read"])
        assert "403" in result.out

    def test_a_name_that_is_not_there(self, api: str, cli: Any, tmp_path: Path) -> None:
        """A host that no name server knows."""
        result = self.asked(cli, api, "https://api.invalid", tmp_path)
        assert (7, "failed", "skipped") == (result.code, verdicts(result.out)["name"], verdicts(result.out)["TLS"])

    def test_a_certificate_of_its_own(self, api: str, cli: Any, tmp_path: Path) -> None:
        """An authority that nobody knows."""
        with RawServer(json_answer({"data": []}), tls=Certificates(tmp_path).good()) as server:
            result = self.asked(cli, api, server.url.replace("127.0.0.1", "localhost"), tmp_path)
        assert (7, "failed", "skipped") == (result.code, verdicts(result.out)["TLS"], verdicts(result.out)["read"])
        assert "SSL_CERT_FILE" in result.out

    def test_a_proxy(self, api: str, cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A proxy that refuses, by the name of its variable."""
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{refusing_port()}")
        result = self.asked(cli, api, "https://api.invalid", tmp_path)
        assert (7, "failed", True) == (result.code, verdicts(result.out)["proxy"], "from HTTPS_PROXY: " in result.out)

    def test_a_clock(self, api: str, cli: Any, tmp_path: Path) -> None:
        """A server whose time is another."""
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
        with RawServer(answer(200, b'{"data": []}', ("Date", date))) as server:
            result = self.asked(cli, api, server.url, tmp_path)
        assert (1, "failed", True) == (result.code, verdicts(result.out)["clock"], "behind the server's" in result.out)

    def test_a_pace(self, api: str, cli: Any, tmp_path: Path) -> None:
        """A server that asks to wait for longer than anybody would."""
        with RawServer(answer(429, b"", ("Retry-After", "300"))) as server:
            result = self.asked(cli, api, server.url, tmp_path)
        assert (6, "failed", "failed") == (result.code, verdicts(result.out)["read"], verdicts(result.out)["pace"])


def test_pagerduty_by_its_environment(cli: Any, everything: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only PagerDuty's credentials are there, it is what is looked at, at its own address."""
    monkeypatch.setenv(DUTY, everything[1]["pagerduty"])
    monkeypatch.setenv("PAGERDUTY_BASE_URL", everything[0])
    result = cli("doctor")
    assert (0, True) == (result.code, f"ApiToken from the environment, for {everything[0]} (pagerduty)" in result.out)
    monkeypatch.setenv("PAGERDUTY_OAUTH_TOKEN", "another")
    both = cli("doctor")
    assert (2, "failed") == (both.code, verdicts(both.out)["credentials"]), both.out


def test_a_name_and_a_password_of_pagerduty(
    cli: Any, everything: tuple[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are for the schedule entries alone: the way is looked at, nothing is read, and what would help is said."""
    monkeypatch.setenv("PAGERDUTY_USERNAME", "ada@x.example")
    monkeypatch.setenv("PAGERDUTY_PASSWORD", "a-password")
    lost = cli("doctor")
    assert (3, True) == (lost.code, "Set PAGERDUTY_SUBDOMAIN, the acme of acme.pagerduty.com\n" in lost.out)
    monkeypatch.setenv("PAGERDUTY_BASE_URL", everything[0])
    result = cli("doctor")
    assert (0, "passed", "skipped") == (
        result.code,
        *(verdicts(result.out)[what] for what in ("name", "read")),
    ), result.out
    assert f"Basic from the environment, for {everything[0]} (pagerduty)" in result.out
    assert examining.NO_KEY in result.out
    assert "a-password" not in result.out + lost.out


def test_the_subdomain_of_pagerduty(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a subdomain its address is what is looked at, through the proxy if there is one."""
    for name, value in {"USERNAME": "ada@x.example", "PASSWORD": "a-password", "SUBDOMAIN": "acme"}.items():
        monkeypatch.setenv(f"PAGERDUTY_{name}", value)
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{refusing_port()}")
    assert "Basic from the environment, for https://acme.pagerduty.com (pagerduty)\n" in cli("doctor").out


def test_which_transport(cli: Any, everything: tuple[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what a command and an export are sent over, and how the latter could be faster."""
    arguments = ("doctor", "--base-url", everything[0])
    monkeypatch.setattr(fast, "find_spec", lambda name: object())
    assert "passed  transport: httpx; aiohttp for an export\n" in cli(*arguments).out
    assert "passed  transport: aiohttp\n" in cli(*arguments, "--transport", "aiohttp").out
    monkeypatch.setattr(fast, "find_spec", lambda name: None)
    hint = "        pip install 'pagertree-async[fast]' has exports read over aiohttp\n"
    assert f"passed  transport: httpx\n{hint}" in cli(*arguments).out
    assert hint not in cli(*arguments, "--transport", "httpx").out
