"""Where a v3 client's credentials and address come from."""

from __future__ import annotations

from typing import Any

import pytest

from pagertree_async.auth import KeyPair, Login, Token, veiled
from pagertree_async.errors import ConfigurationError
from pagertree_async.http import Secret
from pagertree_async.v3.credentials import BASE_URL, address, credentials, from_environment
from tests.core.test_secrets import shown

FULL = {
    "PAGERTREE_TOKEN": "tkn-5up3r",
    "PAGERTREE_API_KEY": "key-5up3r",
    "PAGERTREE_API_SECRET": "sec-5up3r",
    "PAGERTREE_USERNAME": "ada",
    "PAGERTREE_PASSWORD": "pwd-5up3r",
}


def some(*names: str) -> dict[str, str]:
    return {f"PAGERTREE_{name}": FULL[f"PAGERTREE_{name}"] for name in names}


@pytest.mark.parametrize(
    ("environ", "auth"),
    [
        (some("TOKEN"), Token("tkn-5up3r")),
        ({"PAGERTREE_TOKEN": " tkn-5up3r\n"}, Token("tkn-5up3r")),
        (some("API_KEY", "API_SECRET"), KeyPair("key-5up3r", "sec-5up3r")),
        (some("USERNAME", "PASSWORD"), Login("ada", "pwd-5up3r")),
        (some("TOKEN") | {"PAGERTREE_API_KEY": "", "PAGERTREE_PASSWORD": "  "}, Token("tkn-5up3r")),
    ],
)
def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], auth: Any) -> None:
    """One whole way to authenticate in the environment is taken; empty variables are as if unset."""
    assert auth == credentials(None, environ)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert auth == credentials(None)


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (
            {},
            "no credentials: none were given, and the environment has none. Set PAGERTREE_TOKEN, or PAGERTREE_API_KEY with",
        ),
        ({"PAGERTREE_TOKEN": " "}, "no credentials.* has none; PAGERTREE_TOKEN is empty. Set "),
        (
            some("USERNAME") | {"PAGERTREE_PASSWORD": ""},
            "PAGERTREE_USERNAME is set and PAGERTREE_PASSWORD is empty. Set ",
        ),
        (
            some("API_KEY"),
            (
                "PAGERTREE_API_KEY is set and PAGERTREE_API_SECRET is not. An API key without a secret belongs to "
                "API v4: from pagertree_async.v4 import AsyncPagerTree, PagerTree$"
            ),
        ),
        (
            some("API_SECRET"),
            "PAGERTREE_API_SECRET is set and PAGERTREE_API_KEY is not. Set PAGERTREE_API_KEY as well, or unset",
        ),
        (
            some("USERNAME"),
            "PAGERTREE_USERNAME is set and PAGERTREE_PASSWORD is not. Set PAGERTREE_PASSWORD as well, or unset",
        ),
        (
            some("PASSWORD"),
            "PAGERTREE_PASSWORD is set and PAGERTREE_USERNAME is not. Set PAGERTREE_USERNAME as well, or unset",
        ),
        (
            some("TOKEN", "API_KEY"),
            (
                r"of several kinds: PAGERTREE_TOKEN; PAGERTREE_API_KEY\. An API key without a secret belongs to API v4: "
                "from pagertree_async.v4 import AsyncPagerTree, PagerTree; or unset all but one$"
            ),
        ),
        (
            some("TOKEN", "API_KEY", "API_SECRET"),
            "of several kinds: PAGERTREE_TOKEN; PAGERTREE_API_KEY with PAGERTREE_API_SECRET. Unset all but one",
        ),
        (some("TOKEN", "PASSWORD"), "of several kinds"),
        (FULL, "of several kinds.*Unset all but one"),
        ({"PAGERTREE_TOKEN": "tökén-5up3r"}, "the token is empty, or no text, or has characters"),
    ],
)
def test_a_broken_environment_is_told(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], said: str) -> None:
    """Missing, incomplete and contradicting variables are errors, which show no value, in locals neither."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=said) as caught:
        from_environment()
    assert "5up3r" not in shown(caught.value)


def test_what_is_given_goes_before_the_environment() -> None:
    """A text is a token; credentials are taken as they are."""
    login = Login("ada", "p")
    assert Token("abc") == credentials("abc", FULL)
    assert Token("abc") == credentials(Secret("abc"), FULL)
    assert login is credentials(login, FULL)


@pytest.mark.parametrize(
    ("given", "said"), [(3, "not int"), ("", "the token is empty"), ({"token": "x"}, "not dict"), (b"x", "not bytes")]
)
def test_what_is_none_is_told(given: Any, said: str) -> None:
    """Anything else is a clear error."""
    with pytest.raises(ConfigurationError, match=said):
        credentials(given, {})


def test_a_copy_of_a_secret_from_the_environment_says_its_variable() -> None:
    """What was unpickled names the variable to take it from."""
    import pickle

    twin = pickle.loads(pickle.dumps(credentials(None, some("TOKEN"))))
    with pytest.raises(ConfigurationError, match="take it from PAGERTREE_TOKEN again"):
        twin.jwt.reveal()


def test_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """As given, else the environment's, else the vendor's own."""
    environ = {"PAGERTREE_BASE_URL": "https://b.test"}
    assert ["https://a.test", "https://b.test", BASE_URL] == [
        address("https://a.test", environ),
        address(None, environ),
        address(None, {}),
    ]
    monkeypatch.setenv("PAGERTREE_BASE_URL", "https://c.test")
    assert "https://c.test" == address(None)


def test_a_plain_text_is_hidden_first() -> None:
    """A token given as text is a secret before anything can go wrong; the rest is left as it is."""
    assert Secret("abc") == veiled(" abc ")
    assert None is veiled(None)
