"""What is taken out of a request and its answer before anything of them is kept: credentials, and whatever else a caller says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, cast

from pagertree_async.auth import SHORTEST, redacted
from pagertree_async.http import Request, Secret
from pagertree_async.models import Model

STARS = "***"
TAILS = (
    *("password", "passwd", "passphrase", "secret", "token"),
    *("apikey", "accesskey", "secretkey", "privatekey", "routingkey", "integrationkey", "servicekey"),
)
"""What the name of a secret ends with, without its dashes, underscores and capitals."""
WHOLE = frozenset({"authorization", "proxyauthorization", "cookie", "setcookie", "codeverifier", "devicecode", "jwt"})
"""Further names of secrets."""
PLAIN = frozenset({"grant_type", "scope", "token_type", "expires_in"})
"""What may be seen of a request that obtains credentials, and of its answer."""
# Each begins where a word does, and is bounded: a long text without any of them is gone through once.
JWT = re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?")
BEARER = re.compile(r"(?i)\b(bearer|basic)\s{1,4}[A-Za-z0-9._~+/=-]{4,}")
PAIR = re.compile(r'("[^"\\]{1,60}"\s{0,40}:\s{0,40})("(?:[^"\\]|\\.)*"?|-?[0-9][^\s,}\]]*)')
FIELD = re.compile(r"(?<![^&=?\s])([^&=?\s]{1,60})=([^&\s]*)")
EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")
PHONE = re.compile(r"(?<![\w.:/-])\+[0-9][0-9 ().-]{6,17}[0-9](?![\w:])")

Hide = Callable[[str], str]
"""Takes a text that is to be kept and gives what is to be kept in its place; the same for the same, always."""


@cache
def _of_models() -> frozenset[str]:
    from pagertree_async.testing.account import APIS

    for api in APIS:
        import_module(f"pagertree_async.{api}.services")
    found: set[str] = set()
    kinds: list[type[Model]] = [Model]
    while kinds:
        kind = kinds.pop()
        found |= kind.secret_fields
        kinds += kind.__subclasses__()
    return frozenset(map(_bare, found))


def _bare(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).lower()


@cache
def is_secret(name: str) -> bool:
    """Whether what has this name, in a body or a query, is not to be kept.

    >>> is_secret("clientSecret"), is_secret("X-Api-Key"), is_secret("title")
    (True, True, False)
    """
    bare = _bare(name)
    return bare.endswith(TAILS) or bare in WHOLE or bare in _of_models()


def without_people(text: str) -> str:
    """``text`` with one and the same e-mail address and phone number in the place of any.

    >>> without_people("ada@lovelace.example, +44 20 7946 0958")
    'someone@example.com, +15550100000'
    """
    return PHONE.sub("+15550100000", EMAIL.sub("someone@example.com", text))


class Redaction:
    """Hides credentials: by their names, and wherever else those that were seen once turn up.

    Args:
        hide: What is done to every text besides, as to names and addresses of people.
    """

    def __init__(self, hide: Hide | None = None) -> None:
        self._hide = hide or str
        self._secrets: dict[str, Secret] = {}

    @staticmethod
    def obtains(path: str) -> bool:
        """Whether a request to this path obtains credentials.

        >>> Redaction.obtains("/public/login"), Redaction.obtains("/oauth/token"), Redaction.obtains("/alert")
        (True, True, False)
        """
        return path.rstrip("/").rpartition("/")[2] in {"login", "token"}

    def learn(self, texts: Iterable[str]) -> None:
        """Have these hidden wherever they turn up from now on."""
        for text in texts:
            if len(text) >= SHORTEST and text != STARS:
                self._secrets[text] = Secret(text)

    def learn_from(self, request: Request) -> None:
        """Have the credentials in a request's headers hidden."""
        sent = [
            value.reveal() if isinstance(value, Secret) else value
            for name, value in request.headers
            if isinstance(value, Secret) or is_secret(name)
        ]
        self.learn(sent)
        self.learn(value.rpartition(" ")[2].removeprefix("token=") for value in sent)

    def known(self, text: str) -> str:
        """``text`` with stars for every credential that was seen."""
        longest_first = [self._secrets[one] for one in sorted(self._secrets, key=len, reverse=True)]
        return redacted(text.encode("utf-8", "surrogatepass"), longest_first).decode("utf-8", "surrogatepass")

    def throughout(self, value: Any) -> Any:
        """What JSON stands for, with stars in its texts for every credential that was seen."""
        if isinstance(value, dict):
            return {self.known(name): self.throughout(part) for name, part in cast("dict[str, Any]", value).items()}
        if isinstance(value, list):
            return [self.throughout(part) for part in cast("list[Any]", value)]
        return self.known(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """A text that is no JSON, with stars for what looks like a credential in it."""
        text = PAIR.sub(_pair, text)
        text = FIELD.sub(_field, text)
        return self._plain(text)

    def _plain(self, text: str) -> str:
        return self._hide(BEARER.sub(rf"\1 {STARS}", JWT.sub(STARS, self.known(text))))

    def value(self, value: Any, *, login: bool = False) -> Any:
        """What JSON stands for, with stars for what is secret in it.

        Args:
            value: The value.
            login: Whether it obtains credentials, or is the answer to that: then next to nothing of it is kept.
        """
        if isinstance(value, dict):
            given = cast("dict[str, Any]", value)
            return {self._plain(name): self._named(name, part, login=login) for name, part in given.items()}
        if isinstance(value, list):
            return [self.value(part, login=login) for part in cast("list[Any]", value)]
        if login:
            return self._starred(value, learn=True)
        return self._plain(value) if isinstance(value, str) else value

    def _named(self, name: str, value: Any, *, login: bool) -> Any:
        if is_secret(name):
            return self._starred(value, learn=True)
        if login and name.lower() not in PLAIN:
            return self._starred(value, learn=False)  # a user's name may be a word that stands everywhere
        return self.value(value)

    def _starred(self, value: Any, *, learn: bool) -> Any:
        """Stars for every text and number at any depth; texts may be learned, to be hidden wherever they turn up."""
        if isinstance(value, dict):
            parts = cast("dict[str, Any]", value)
            return {self._plain(name): self._starred(part, learn=learn) for name, part in parts.items()}
        if isinstance(value, list):
            return [self._starred(part, learn=learn) for part in cast("list[Any]", value)]
        if value is None or isinstance(value, bool):
            return value
        if learn and isinstance(value, str):
            self.learn([value])
        return STARS

    def query(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The names and values of a query, or of a form, with stars for what is secret."""
        shown: list[tuple[str, str]] = []
        for name, value in pairs:
            if is_secret(name) and value:
                self.learn([value])
            shown.append((name, STARS if is_secret(name) and value else self._plain(value)))
        return shown


def _pair(found: re.Match[str]) -> str:
    name = found[1].rpartition(":")[0].strip().strip('"')
    return f'{found[1]}"{STARS}"' if is_secret(name) else found[0]


def _field(found: re.Match[str]) -> str:
    return f"{found[1]}={STARS}" if is_secret(found[1]) else found[0]
