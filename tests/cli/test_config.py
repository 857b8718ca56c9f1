"""The config file: which it is, what it may be, and what comes before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pagertree_async.cli import places, profiles
from pagertree_async.cli.profiles import Profile, Profiles

LINES = """\
# an .env file
PAGERTREE_API_KEY=a-key # of the account
export PAGERTREE_BASE_URL = "https://pt.example/api/v4"
PAGERTREE_VERBOSE=true
OTHER='x'
"""
SECTION = "[DEFAULT]\nBASE_URL=https://pt.example/api/v4\nAPI_KEY=a-key\n"
QUOTED = 'PAGERTREE_TOKEN = "a # token"\n'


def written(path: Path, text: str) -> Path:
    """A file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("given", [("--config", "{}"), ("--config={}",), ("-c", "{}")])
def test_an_option_names_it(given: tuple[str, ...], cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--config`` goes before the environment, its credentials as well as its ``PAGERTREE_CONFIG``."""
    file = written(tmp_path / "own.toml", '[profiles.default]\napi_key = "a-key"\n')
    monkeypatch.setenv("PAGERTREE_TOKEN", "of-the-environment")
    option = [word.format(file) for word in given]
    shown = cli(*option, "auth", "status", "--no-check")
    assert f"ApiKey from profile 'default' in {file}, for API v4 at https://api.pagertree.com\n" == shown.out
    assert "GET https://api.pagertree.com/api/v4/teams?" in cli(*option, "teams", "list", "--dry-run").out
    assert "account-users" in cli(*option, "--help").out
    assert "of-the-environment" not in shown.out
    assert cli("auth", "status", "--no-check").out.startswith("Token from the environment")
    assert places.named_config() is None


def test_it_may_stand_anywhere(cli: Any, tmp_path: Path) -> None:
    """Before the command, in the middle of its two words, and behind them; what stands behind ``--`` is a value."""
    file = written(tmp_path / "own.toml", '[profiles.default]\napi_key = "a-key"\n')
    for words in (
        ("--config", str(file), "teams", "list", "--dry-run"),
        ("teams", "-c", str(file), "list", "--dry-run"),
        ("teams", "list", "--dry-run", f"--config={file}"),
    ):
        assert "GET https://api.pagertree.com/api/v4/teams?" in cli(*words).out
    assert 3 == cli("alerts", "show", "--dry-run", "--", "--config").code
    assert (2, "error: option '--config' requires an argument") == (
        cli("teams", "list", "--config").code,
        cli("teams", "list", "--config").err.splitlines()[0],
    )


@pytest.mark.parametrize(("text", "kind"), [(LINES, "ApiKey"), (SECTION, "ApiKey"), (QUOTED, "Token")])
def test_lines_of_names_and_values(text: str, kind: str, cli: Any, config: Path) -> None:
    """A ``.env`` or INI file, as PagerTree's own command line has it, is a profile; its root may have the path of v4."""
    written(config, text)
    shown = cli("auth", "status", "--no-check").out
    where = "https://pt.example" if kind == "ApiKey" else "https://api.pagertree.com"
    assert (
        f"{kind} from profile 'default' in {config}, for API {'v4' if kind == 'ApiKey' else 'v3'} at {where}\n" == shown
    )
    kept = profiles.load(config)
    assert [{"api_key": "a-key"} if kind == "ApiKey" else {"token": "a # token"}] == [kept.by_name["default"].values]


def test_such_a_file_is_only_read(cli: Any, config: Path) -> None:
    """Nothing that keeps profiles changes a file of lines."""
    written(config, LINES)
    error = f"error: {config} is a file of NAME=VALUE lines, which is only read here\n"
    for command in (("auth", "login", "--token-stdin", "--no-check"), ("auth", "logout"), ("auth", "use", "default")):
        result = cli(*command, stdin="token")
        assert (2, True) == (result.code, result.err.startswith(error)), result.err
    assert LINES == config.read_text()
    assert "default" in cli("auth", "list").out


@pytest.mark.parametrize("text", ["OTHER=x\n", "API_KEY=\n", "[DEFAULT]\n", "", "# nothing\n"])
def test_lines_without_credentials(text: str, cli: Any, config: Path) -> None:
    """A file that names no credentials has none; one that is no TOML either is said to be so."""
    written(config, text)
    result = cli("teams", "list")
    valid = text in {"", "# nothing\n", "[DEFAULT]\n"}
    assert (3 if valid else 2, True) == (result.code, ("no credentials" if valid else "is not TOML") in result.err)


def test_a_folder(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder in its place is wrong usage, told by its name; nothing is made of it."""
    monkeypatch.setenv("PAGERTREE_CONFIG", str(tmp_path))
    hint = "hint: Have --config or PAGERTREE_CONFIG name a file that is yours\n"
    for command in (("teams", "list"), ("auth", "list"), ("auth", "login", "--token-stdin"), ("auth", "logout")):
        assert (2, "", f"error: {tmp_path} is a folder\n{hint}") == cli(*command, stdin="token")
    assert 0 == cli("teams", "list", "--help").code
    monkeypatch.delenv("PAGERTREE_CONFIG")
    assert f"error: {tmp_path} is a folder\n{hint}" == cli("teams", "list", "--config", str(tmp_path)).err


def test_a_file_that_cannot_be_read(cli: Any, config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system does not give is wrong usage as well."""
    written(config, "")

    def refuse(self: Path, *args: Any, **more: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "open", refuse)
    assert (2, f"error: {config} cannot be read: Permission denied") == (
        cli("teams", "list").code,
        cli("teams", "list").err.splitlines()[0],
    )


def test_a_file_that_is_not_there(cli: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that an option names must be there, whatever else there is; a login makes it."""
    monkeypatch.setenv("PAGERTREE_TOKEN", "of-the-environment")
    file = tmp_path / "new.toml"
    result = cli("teams", "list", "--config", str(file))
    hint = f"hint: pagertree-async auth login --config {file} makes it\n"
    assert (2, f"error: --config: there is no file {file}\n{hint}") == (result.code, result.err)
    assert 0 == cli("auth", "login", "--token-stdin", "--no-check", "--config", str(file), stdin="token").code
    assert 0 == cli("teams", "list", "--dry-run", "--config", str(file)).code


def test_it_and_the_sandbox(cli: Any, tmp_path: Path) -> None:
    """The sandbox needs none."""
    result = cli("teams", "list", "--sandbox", "--config", str(tmp_path / "x"))
    assert (2, "error: --sandbox and --config contradict each other\n") == (result.code, result.err)


def test_what_is_written_is_ours(tmp_path: Path) -> None:
    """What is written is read as written."""
    kept = Profiles(by_name={"default": Profile(values={"token": "x"})})
    profiles.save(tmp_path / "config.toml", kept)
    assert (kept, True) == (profiles.load(tmp_path / "config.toml"), profiles.load(tmp_path / "config.toml").ours)


# one reader of standard input ----------------------------------------------------------------------------------------

SECRET = "a-very-secret-token"


@pytest.mark.parametrize(
    ("command", "readers"),
    [
        (("api", "POST", "/team", "--json", "@-", "--token-stdin"), ("--token-stdin", "--json")),
        (("teams", "create", "--name", "x", "--meta", "@-", "--token-stdin"), ("--token-stdin", "--meta")),
        (("users", "create", "--name", "x", "--emails", "@-", "--token-stdin"), ("--token-stdin", "--emails")),
        (("users", "create", "--name", "x", "--emails", "@-", "--meta", "@-", "--sandbox"), ("--emails", "--meta")),
    ],
)
def test_standard_input_is_read_once(command: tuple[str, ...], readers: tuple[str, str], cli: Any) -> None:
    """Two that would read it are refused before either does, and what is in it is not told."""
    result = cli(*command, stdin=f"{SECRET}\n")
    hint = "hint: Have one of them read a file: --token-file FILE, or @FILE\n"
    assert (2, "", f"error: {readers[0]} and {readers[1]} both read standard input\n{hint}") == result


def test_a_text_is_not_read(cli: Any, sandbox: Any) -> None:
    """What is a text stays one, whatever it is like."""
    dry = cli("teams", "create", "--name", "@-", "--token-stdin", "--dry-run", stdin=SECRET)
    assert (0, True) == (dry.code, '"name": "@-"' in dry.out)


def test_what_is_read_is_not_told(cli: Any, sandbox: Any, tmp_path: Path) -> None:
    """What a file or standard input holds is not in the error, JSON or not: it may be a secret."""
    (tmp_path / "file").write_text(SECRET)
    for given, what in (("@-", "standard input"), (f"@{tmp_path / 'file'}", str(tmp_path / "file"))):
        result = cli("teams", "create", "--name", "x", "--meta", given, "--sandbox", stdin=SECRET)
        assert (2, f"error: --meta: not JSON: {what}\n") == (result.code, result.err)
