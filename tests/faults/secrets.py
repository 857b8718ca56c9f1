"""One secret of its own in every credential, and everything in which one of them could show."""

from __future__ import annotations

import pickle
import traceback
from base64 import b64encode
from types import TracebackType
from typing import Any

from rich.traceback import Traceback

TOKEN = "tkn-5up3r-s3cret"
OBTAINED = "obt-5up3r-s3cret"
KEY = "key-5up3r-s3cret"
KEY_SECRET = "sec-5up3r-s3cret"
PASSWORD = "pwd-5up3r-s3cret"
PROXY_USER = "proxy-user"
PROXY_PASSWORD = "prx-5up3r-s3cret"
PAGERDUTY_KEY = "pdk-5up3r-s3cret"
OAUTH = "oau-5up3r-s3cret"
REFRESH = "ref-5up3r-s3cret"
CLIENT_SECRET = "cls-5up3r-s3cret"
BASIC_USER = "ada@example.com"
BASIC_PASSWORD = "bas-5up3r-s3cret"
ROUTING_KEY = "rou-5up3r-s3cret"

PLAIN = (
    *(TOKEN, OBTAINED, KEY, KEY_SECRET, PASSWORD, PROXY_PASSWORD, PAGERDUTY_KEY, OAUTH, REFRESH, CLIENT_SECRET),
    *(BASIC_PASSWORD, ROUTING_KEY),
)
"""Every secret, as it is given."""


def _pair(user: str, password: str) -> str:
    return b64encode(f"{user}:{password}".encode()).decode()


PAIRS = {
    PROXY_PASSWORD: _pair(PROXY_USER, PROXY_PASSWORD),
    BASIC_PASSWORD: _pair(BASIC_USER, BASIC_PASSWORD),
}
ON_THE_WIRE = tuple(PAIRS.get(secret, secret) for secret in PLAIN)
"""Every secret, as it is sent."""
FORMS = {*PLAIN, *ON_THE_WIRE, "5up3r", "s3cret"}
"""Every form in which one can show, in part as well; quoted for an address or for JSON they are the same."""


def shows(text: str) -> bool:
    """Whether a text shows a secret."""
    return any(form in text for form in FORMS)


def _ours(error: BaseException) -> None:
    """Leave of an error's frames those of the package: a test's own, and its server's, know what they sent."""
    links, seen = [error], set[int]()
    while links:
        link = links.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        frames = [step for step in traceback.walk_tb(link.__traceback__) if "/tests/" not in step[0].f_code.co_filename]
        link.__traceback__ = None
        for frame, line in reversed(frames):
            link.__traceback__ = TracebackType(link.__traceback__, frame, frame.f_lasti, line)
        links += [other for other in (link.__cause__, link.__context__) if other is not None]


def texts(error: BaseException) -> str:
    """All that can be seen of an error: its texts and its pickle, and its traceback with what the variables hold.

    The frames of tests are taken off it.
    """
    _ours(error)
    plain = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    extracted = Traceback.extract(
        type(error), error, error.__traceback__, show_locals=True, locals_max_string=None, locals_max_length=None
    )
    nodes: list[Any] = [
        node for stack in extracted.stacks for frame in stack.frames for node in (frame.locals or {}).values()
    ]
    told = [str(node.render()) for node in nodes]
    return "\n".join([str(error), repr(error), repr(error.args), repr(vars(error)), plain, *told, *_pickled(error)])


def _pickled(error: BaseException) -> list[str]:
    data = pickle.dumps(error)
    copy = pickle.loads(data)
    return [data.decode("latin-1"), str(copy), repr(vars(copy))]
