"""What is secret is gone, by its name and wherever it turns up again; the rest stays as it is."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagertree_async import Request, Secret
from pagertree_async.models import Model
from pagertree_async.testing import without_people
from pagertree_async.testing.redaction import Redaction, is_secret

SECRET = 's3cr3t-Ä-"quoted"'
NAMES = ("password", "newPassword", "client_secret", "X-Api-Key", "refreshToken", "verificationcode", "Authorization")
plain = st.none() | st.booleans() | st.integers(-999, 999) | st.text("abc -_:", max_size=20)


def documents(hidden: str) -> st.SearchStrategy[Any]:
    """JSON in which a secret stands under names of secrets, at any depth."""
    keys = st.sampled_from(["id", "title", "meta", "tokens_left", "urgency"])
    secret = st.dictionaries(st.sampled_from(NAMES), st.just(hidden) | st.just([hidden]) | st.just({"a": hidden}))
    return st.recursive(
        plain | secret, lambda part: st.lists(part, max_size=3) | st.dictionaries(keys, part, max_size=3), max_leaves=12
    )


@given(documents(SECRET))
def test_no_secret_is_left(document: Any) -> None:
    """Wherever in JSON it stands under such a name, it is gone, and everything else is what it was."""
    redacted = Redaction().value(document)
    assert SECRET not in str(redacted)
    assert document == (redacted if "***" not in str(redacted) else _put_back(redacted))


def _put_back(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _put_back(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_put_back(part) for part in value]
    return SECRET if value == "***" else value


@given(documents("unused"), st.sampled_from(NAMES))
def test_a_secret_that_was_seen_is_hidden_wherever_it_turns_up(document: Any, name: str) -> None:
    """What stood under such a name once is hidden in any other text, too."""
    redaction = Redaction()
    redaction.value({name: SECRET})
    assert {"title": "it was ***", "rest": redaction.value(document)} == redaction.value(
        {"title": f"it was {SECRET}", "rest": document}
    )


@pytest.mark.parametrize(
    ("name", "secret"),
    [(name, True) for name in NAMES] + [(name, False) for name in ("title", "key", "author", "tokens_left", "id", "")],
)
def test_names(name: str, secret: bool) -> None:
    """Names are known without regard to their dashes and capitals."""
    assert secret == is_secret(name)


def test_every_field_that_a_model_hides_is_known() -> None:
    """What a model does not show is not recorded either."""
    for version in ("v3", "v4"):
        import_module(f"pagertree_async.{version}.services")
    kinds: list[type[Model]] = [Model]
    for kind in kinds:
        kinds += kind.__subclasses__()
    fields = {name for kind in kinds for name in kind.secret_fields}
    assert fields >= {"password", "verificationcode"}
    assert {True} == {is_secret(name) for name in fields}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("nothing to see", "nothing to see"),
        ('{"password": "hunter22", "title": "x"', '{"password": "***", "title": "x"'),
        ('{"password": "hunt', '{"password": "***"'),
        ('{"token": 12345678}', '{"token": "***"}'),
        ("a=1&client_secret=abcdefgh&b=2", "a=1&client_secret=***&b=2"),
        ("https://x/?token=abcdefgh", "https://x/?token=***"),
        ("Bearer abcdefgh.ijk", "Bearer ***"),
        ("it is eyJhbGciOiJIUzI1NiJ9.eyJpZCI6MX0.abc-d_e now", "it is *** now"),
    ],
)
def test_text_that_is_no_json(text: str, kept: str) -> None:
    """Cut JSON, forms and sentences are searched for what looks like a secret."""
    if "?token" in text:
        text, kept = text.partition("?")[2], kept.partition("?")[2]
    assert kept == Redaction().text(text)


def test_what_headers_carry() -> None:
    """Credentials of the headers, with or without the word before them, are hidden in what is kept."""
    redaction = Redaction()
    headers = (("authorization", Secret("Bearer abcdefgh")), ("x-api-key", "ijklmnop"), ("accept", "application/json"))
    redaction.learn_from(Request(method="GET", url="https://api.test/", headers=headers))
    assert "no such token: *** or ***, application/json" == redaction.known(
        "no such token: abcdefgh or ijklmnop, application/json"
    )


def test_a_short_text_is_not_looked_for() -> None:
    """What has three letters stands in every other word."""
    redaction = Redaction()
    assert {"password": "***"} == redaction.value({"password": "abc"})
    assert "abcdef" == redaction.known("abcdef")


def test_a_login_and_its_answer() -> None:
    """Next to nothing is kept of them; a user's name is not hidden elsewhere."""
    redaction = Redaction()
    sent = {"username": "critical", "password": "hunter22", "remember": True, "grant_type": "password"}
    assert {"username": "***", "password": "***", "remember": True, "grant_type": "password"} == redaction.value(
        sent, login=True
    )
    assert "***" == redaction.value("a bare token", login=True)
    assert ["***", None] == redaction.value(["another one", None], login=True)
    assert {"expires_in": 60, "user": {"id": "***"}} == redaction.value(
        {"expires_in": 60, "user": {"id": "usr_1"}}, login=True
    )
    assert "critical *** ***" == redaction.known("critical hunter22 a bare token")


def test_half_a_character() -> None:
    """A text that no encoding takes is not in the way."""
    redaction = Redaction()
    redaction.learn(["abcdefgh"])
    assert "*** \ud800" == redaction.known("abcdefgh \ud800")


def test_the_longest_goes_first() -> None:
    """Of two secrets that begin alike nothing is left."""
    redaction = Redaction()
    redaction.learn(["abcd", "abcdefgh"])
    assert "***" == redaction.known("abcdefgh")


@pytest.mark.parametrize("text", ["2026-03-01T03:00:00+00:00", "alt_+1234567890x", "a@b", "tem_1@", "+123"])
def test_what_is_nobody(text: str) -> None:
    """Moments, ids and the like are no addresses."""
    assert text == without_people(text)


@pytest.mark.parametrize("text", ["+441632960961", "call +1 (555) 010-9999 now", "Ada <ada.l+x@mail.example.co.uk>"])
def test_people(text: str) -> None:
    """Addresses and numbers are all the same one."""
    assert without_people(text) == without_people(without_people(text)) != text


def test_what_is_hidden_besides() -> None:
    """The caller's own function sees every text, and what it gives is kept."""
    seen: list[str] = []

    def hide(text: str) -> str:
        seen.append(text)
        return text.upper()

    redaction = Redaction(hide)
    assert json.loads('{"A": ["B", 1]}') == redaction.value({"a": ["b", 1]})
    assert [("n", "V"), ("token", "***")] == redaction.query([("n", "v"), ("token", "abcdefgh")])
    assert ["a", "b", "v"] == seen
