"""Credentials: where they come from, where they are kept, and where they never are."""

from __future__ import annotations

import getpass
import io
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from pagertree_async.cli import profiles
from pagertree_async.cli import sandbox as serving
from pagertree_async.cli.profiles import Profile, Profiles
from pagertree_async.sandbox import Sandbox


class Served:
    """A sandbox that is served at an address."""

    def __init__(self, sandbox: Sandbox, url: str) -> None:
        self.sandbox = sandbox
        self.url = url


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A sandbox, served on this machine."""
    with Sandbox(size=50) as sandbox, serving.listening("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(sandbox.app, log_level="error", lifespan="off", loop="asyncio"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Served(sandbox, serving.address(listener))
        server.should_exit = True
        thread.join(10)


def test_login_is_kept_in_a_file_of_ones_own(cli: Any, served: Served, config: Path) -> None:
    """A token from standard input is tried, kept in a file of mode 0600, and used from then on."""
    token = served.sandbox.token()
    result = cli("auth", "login", "--token-stdin", "--base-url", served.url, stdin=f"{token}\n")
    assert (0, "", f"kept as profile 'default' in {config}, for API v3 at {served.url}\n") == result
    assert (0o600, 0o700) == (stat.S_IMODE(config.stat().st_mode), stat.S_IMODE(config.parent.stat().st_mode))
    assert 0 == cli("teams", "list").code
    status = cli("auth", "status")
    assert (0, f"Token from profile 'default' in {config}, for API v3 at {served.url}\nThey work.\n", "") == status
    assert token not in status.out


def test_login_refuses_what_does_not_work(cli: Any, served: Served, config: Path) -> None:
    """Credentials that the API refuses are not kept; without trying they are."""
    arguments = ("auth", "login", "--token-stdin", "--base-url", served.url)
    assert (3, False) == (cli(*arguments, stdin="a-wrong-token").code, config.exists())
    untried = cli(*arguments, "--no-check", stdin="a-wrong-token")
    assert (0, True) == (untried.code, untried.err.startswith("not tried; kept as profile"))
    assert 3 == cli("auth", "status").code
    assert 0 == cli("auth", "status", "--no-check").code
    assert 3 == cli("teams", "list").code


def test_login_asks_on_a_terminal(cli: Any, served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way to authenticate can be typed; what is secret is not shown meanwhile."""
    sandbox = served.sandbox
    hidden = [sandbox.token(), sandbox.api_key, sandbox.api_secret, sandbox.password]
    typed = iter(hidden)
    monkeypatch.setattr(getpass, "getpass", lambda *prompt, **more: next(typed))
    for kind in ("token", "key", "login"):
        result = cli(
            "auth",
            "login",
            "--with",
            kind,
            "--profile",
            kind,
            "--base-url",
            served.url,
            stdin=f"{sandbox.username}\n",
            terminal=True,
        )
        assert 0 == result.code, result.err
        assert 0 == cli("teams", "list", "--profile", kind).code
        assert not any(secret in result.out + result.err for secret in hidden)
    listed = cli("auth", "list", terminal=True)
    assert all(
        text in listed.out for text in ("token", "api key, api secret", "username, password", served.url, "file", "yes")
    )
    assert not any(secret in listed.out for secret in hidden)


def test_several_profiles(cli: Any, served: Served, config: Path) -> None:
    """The first is the default; another can be named, be made the default, and be forgotten."""
    for name in ("one", "two"):
        cli(
            "auth",
            "login",
            "--profile",
            name,
            "--token-stdin",
            "--base-url",
            served.url,
            "--no-check",
            stdin=f"token-{name}",
        )
    assert cli("auth", "status", "--no-check").out.startswith("Token from profile 'one'")
    assert cli("auth", "status", "--no-check", "--profile", "two").out.startswith("Token from profile 'two'")
    assert 0 == cli("auth", "use", "two").code
    assert cli("auth", "status", "--no-check").out.startswith("Token from profile 'two'")
    assert 0 == cli("auth", "logout").code
    assert cli("auth", "status", "--no-check").out.startswith("Token from profile 'one'")
    assert 0 == cli("auth", "logout", "--profile", "one").code
    assert "token-" not in config.read_text()
    assert f"no profiles in {config}; pagertree-async auth login makes one\n" == cli("auth", "list").err
    assert (3, 3, 3) == (
        cli("auth", "use", "one").code,
        cli("auth", "logout").code,
        cli("teams", "list", "--profile", "one").code,
    )


def test_login_replaces_the_default(cli: Any, served: Served) -> None:
    """Without a name it is the default profile that is written."""
    for token in ("token-one", "token-two"):
        cli("auth", "login", "--token-stdin", "--base-url", served.url, "--no-check", stdin=token)
    assert {"default": Profile(base_url=served.url, values={"token": "token-two"})} == profiles.load(
        profiles.config_path()
    ).by_name


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_a_file_that_others_can_read_is_refused(mode: int, cli: Any, config: Path) -> None:
    """Credentials that anybody could have read are not used, and how to put it right is said."""
    config.parent.mkdir()
    config.write_text('[profiles.default]\ntoken = "a-very-secret-token"\n')
    config.chmod(mode)
    result = cli("teams", "list")
    assert (2, "") == (result.code, result.out)
    assert (
        f"error: {config} holds credentials and others can reach it (mode {mode:04o})\nhint: chmod 600 {config}\n"
        == result.err
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("default = ", "is not TOML"),
        ("\x80", "is not TOML"),
        ("profiles = 3", "holds something else than profiles"),
        ("[profiles.default]\ntokn = 'x'", "holds something else than profiles"),
        ("default = 3\n[profiles]", "holds something else than profiles"),
    ],
)
def test_a_file_that_is_something_else(text: str, error: str, cli: Any, config: Path) -> None:
    """A file that cannot be understood is said to be so, and how to go on."""
    config.parent.mkdir()
    config.write_bytes(text.encode("latin-1"))
    config.chmod(0o600)
    result = cli("teams", "list")
    assert (2, True) == (result.code, error in result.err), result.err
    assert "pagertree-async auth login" in result.err


def test_odd_characters_survive_the_file(tmp_path: Path) -> None:
    """Names and secrets of any characters are the same after they were written and read."""
    odd = 'a "quoted\\ näme\u2028\x7f\n[x]'
    kept = Profiles(
        default=odd, by_name={odd: Profile(base_url="https://x.example", values={"token": odd}, keyring=("password",))}
    )
    profiles.save(tmp_path / "config.toml", kept)
    assert kept == profiles.load(tmp_path / "config.toml")


def test_a_file_that_cannot_be_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses, the file is as it was and nothing lies beside it."""
    path = tmp_path / "config.toml"
    profiles.save(path, Profiles(by_name={"a": Profile(values={"token": "x"})}))
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        profiles.save(path, Profiles())
    assert ([path], before) == (list(tmp_path.iterdir()), path.read_bytes())


def test_the_config_file_is_where_the_system_wants_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without ``PAGERTREE_CONFIG`` it is in the user's config folder."""
    monkeypatch.delenv("PAGERTREE_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert tmp_path / "pagertree-async" / "config.toml" == profiles.config_path()


def test_without_a_keyring_library(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the keyring's library is missing, the extra is named."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    result = cli("auth", "login", "--keyring", "--token-stdin", "--no-check", stdin="x")
    assert (
        2,
        "error: the keyring needs a library that is not installed\nhint: pip install 'pagertree-async[keyring]'\n",
    ) == (
        result.code,
        result.err,
    )


def test_the_order_of_sources(cli: Any, served: Served, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """File or standard input, then a profile that is named, then the environment, then the default profile."""

    def source(*options: str, stdin: str = "") -> str:
        return str(cli("auth", "status", "--no-check", *options, stdin=stdin).out.splitlines()[0])

    cli("auth", "login", "--token-stdin", "--base-url", served.url, "--no-check", stdin="x")
    assert source().startswith("Token from profile 'default'")
    monkeypatch.setenv("PAGERTREE_API_KEY", "key")
    monkeypatch.setenv("PAGERTREE_API_SECRET", "secret")
    assert "KeyPair from the environment, for API v3 at https://api.pagertree.com" == source()
    monkeypatch.setenv("PAGERTREE_BASE_URL", "https://env.example")
    assert "KeyPair from the environment, for API v3 at https://env.example, from PAGERTREE_BASE_URL" == source()
    assert "KeyPair from the environment, for API v3 at https://opt.example" == source(
        "--base-url", "https://opt.example"
    )
    (tmp_path / "key").write_text("key\nsecret\n")
    assert "KeyPair from file, for API v3 at https://env.example, from PAGERTREE_BASE_URL" == source(
        "--token-file", str(tmp_path / "key")
    )
    assert f"Token from stdin, for API v3 at {served.url}" == source(
        "--token-stdin", "--profile", "default", stdin="token\n"
    )
    monkeypatch.delenv("PAGERTREE_BASE_URL")
    assert source("--profile", "default").startswith("Token from profile 'default'")


def test_contradicting_credentials(cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials of two kinds in the environment are a usage error."""
    monkeypatch.setenv("PAGERTREE_TOKEN", "a")
    monkeypatch.setenv("PAGERTREE_USERNAME", "b")
    assert 2 == cli("teams", "list").code


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "error"),
    [
        (
            ("teams", "list", "--token-file", "x", "--token-stdin"),
            "",
            2,
            "--token-file and --token-stdin contradict each other",
        ),
        (
            ("teams", "list", "--token-file", "/none"),
            "",
            3,
            "--token-file: /none cannot be read: No such file or directory",
        ),
        (("teams", "list", "--token-stdin"), "", 3, "standard input must hold one line, a token, or two"),
        (("teams", "list", "--token-stdin"), "a\nb\nc\n", 3, "standard input must hold one line, a token, or two"),
        (("auth", "login", "--with", "nonsense"), "", 2, "--with: 'nonsense' is none of token, key, login"),
        (("auth", "login"), "", 2, "there is nobody to ask for the credentials"),
        (
            ("auth", "login", "--with", "key", "--api", "v3", "--token-stdin"),
            "a",
            2,
            "--with key takes 2 lines: api_key and api_secret",
        ),
        (("auth", "login", "--token-stdin"), "a\nb", 2, "--with token takes 1 line: token"),
    ],
)
def test_wrong_credentials(arguments: tuple[str, ...], stdin: str, code: int, error: str, cli: Any) -> None:
    """What cannot be credentials is refused with what it should be."""
    result = cli(*arguments, stdin=stdin)
    assert (code, True) == (result.code, result.err.startswith(f"error: {error}")), result.err


def test_a_binary_token_file(cli: Any, tmp_path: Path) -> None:
    """A file that is no text is refused."""
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    assert "not UTF-8" in cli("teams", "list", "--token-file", str(tmp_path / "token")).err


def test_no_option_takes_a_secret() -> None:
    """No command has an option whose value would be a credential: arguments are seen by everybody on the machine."""
    from pagertree_async.cli.app import root

    options = {
        flag
        for name, entry in root().entries.items()
        if name in {"export", "trigger", "api", "sandbox"}
        for parameter in entry.make(name).params
        for flag in parameter.opts
    }
    for name in ("auth", "alerts", "users"):
        group: Any = root().get_command(None, name)
        options |= {
            flag
            for verb in group.entries
            for parameter in group.get_command(None, verb).params
            for flag in parameter.opts
        }
    assert set() == options & {"--token", "--api-key", "--api-secret", "--password", "--secret", "--key"}


def test_profiles_hide_their_secrets() -> None:
    """A profile shows what it holds by name only."""
    assert "<Profile https://x.example token, password>" == repr(
        Profile(base_url="https://x.example", values={"token": "secret"}, keyring=("password",))
    )


def test_a_system_without_owners(cli: Any, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where files have no owner and mode, the mode is not held against a file."""
    config.parent.mkdir()
    config.write_text('[profiles.default]\ntoken = "x"\n')
    config.chmod(0o644)
    monkeypatch.delattr("os.getuid")
    assert 0 == cli("auth", "status", "--no-check").code


def test_export_over_the_network(cli: Any, served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With credentials instead of ``--sandbox`` an export does the same against an account."""
    monkeypatch.setenv("PAGERTREE_BASE_URL", served.url)
    monkeypatch.setenv("PAGERTREE_USERNAME", served.sandbox.username)
    monkeypatch.setenv("PAGERTREE_PASSWORD", served.sandbox.password)
    result = cli("export", "-o", str(tmp_path), "-v", terminal=True)
    assert (0, 13) == (result.code, len(list(tmp_path.glob("*.ndjson"))))
    assert served.sandbox.password not in result.out + result.err
    assert "POST /public/login attempt 1: 200" in result.err
    assert "alerts" in result.out


def test_a_closed_standard_input() -> None:
    """A stream that was closed before the start is no terminal."""
    from pagertree_async.cli.output import is_terminal

    assert (False, False) == (is_terminal(None), is_terminal(io.StringIO()))
    assert is_terminal(SimpleNamespace(isatty=lambda: True))  # type: ignore[arg-type]


def test_login_keeps_the_address_that_it_names(
    cli: Any, served: Served, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of the environment is kept with the profile, as is the vendor's where nothing else was said."""
    monkeypatch.setenv("PAGERTREE_BASE_URL", served.url)
    assert 0 == cli("auth", "login", "--token-stdin", "--profile", "here", stdin=served.sandbox.token()).code
    monkeypatch.delenv("PAGERTREE_BASE_URL")
    cli("auth", "login", "--token-stdin", "--profile", "there", "--no-check", stdin="x")
    kept = profiles.load(config).by_name
    assert (served.url, "https://api.pagertree.com") == (kept["here"].base_url, kept["there"].base_url)
    assert 0 == cli("teams", "list", "--profile", "here").code


@pytest.mark.parametrize("own", ['base_url = "https://own.example"\n', ""])
def test_a_profile_is_sent_to_its_own_address_only(
    own: str, cli: Any, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another address from an option or from the environment is refused; the same one, or one with its path, is not."""
    config.parent.mkdir()
    config.write_text(f'[profiles.default]\ntoken = "x"\n{own}')
    config.chmod(0o600)
    address = "https://own.example" if own else "https://api.pagertree.com"
    option = cli("teams", "list", "--base-url", "https://other.example")
    monkeypatch.setenv("PAGERTREE_BASE_URL", "https://other.example")
    variable = cli("auth", "status", "--no-check")
    said = f"error: the profile 'default' is for {address}, and {{}} is another address: nothing was sent\nhint: "
    assert (2, True) == (option.code, option.err.startswith(said.format("--base-url")))
    assert (2, True) == (variable.code, variable.err.startswith(said.format("PAGERTREE_BASE_URL")))
    monkeypatch.setenv("PAGERTREE_BASE_URL", f"{address}/")
    assert (
        f"Token from profile 'default' in {config}, for API v3 at {address}\n"
        == cli("auth", "status", "--no-check").out
    )
    monkeypatch.setenv("PAGERTREE_BASE_URL", "https://other.example")
    assert 0 == cli("auth", "status", "--no-check", "--base-url", f"{address}/api/v3").code


def test_the_hint_after_a_login_that_failed(cli: Any, served: Served) -> None:
    """Credentials that were just given are what is to be looked at, not the environment."""
    result = cli("auth", "login", "--token-stdin", "--base-url", served.url, stdin="wrong")
    hint = f"hint: Nothing was kept. Check what was given, and whether it belongs to API v3 at {served.url}\n"
    assert (3, True) == (result.code, result.err.endswith(hint)), result.err


def test_an_unencrypted_address(cli: Any, tmp_path: Path) -> None:
    """The hint names an option of the command line, and with it the request may leave."""
    (tmp_path / "token").write_text("x")
    asked = ("teams", "list", "--token-file", str(tmp_path / "token"), "--base-url", "http://own.example", "--dry-run")
    refused, allowed = cli(*asked), cli(*asked, "--allow-http")
    assert (2, "hint: Use https://, or say --allow-http when the network is yours") == (
        refused.code,
        refused.err.splitlines()[1],
    )
    assert (0, True) == (allowed.code, allowed.out.startswith("GET http://own.example/team"))


@pytest.mark.parametrize(("kind", "error"), [("token", "the token is empty"), ("key", "the API key is empty")])
def test_blanks_for_a_secret(kind: str, error: str, cli: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who types nothing but blanks is told so, and not to set a variable."""
    monkeypatch.setattr(getpass, "getpass", lambda *prompt, **more: "  ")
    assert (2, f"error: {error}") == (
        (result := cli("auth", "login", "--with", kind, terminal=True)).code,
        result.err.splitlines()[-1].partition(":")[2],
    )
