"""The clients of API v3, one to await and one to call."""

from __future__ import annotations

from pagertree_async.calling import Async, Blocking
from pagertree_async.client import API, Account, AsyncClient, BlockingClient
from pagertree_async.http import BlockingTransport, Transport
from pagertree_async.v3.credentials import AuthLike, address, credentials
from pagertree_async.v3.services import Services

V3 = API(credentials=credentials, address=address)


class AsyncPagerTree(Services[Async], Account[Async, Transport, AuthLike], AsyncClient):
    """PagerTree API v3, awaited; usable as ``async with``, and from many tasks at once.

    Its credentials are ``Login(username, password)``, ``Token(jwt)``, ``KeyPair(key, secret)`` or a token as plain text.
    Left out, the environment decides: ``PAGERTREE_TOKEN``, or ``PAGERTREE_API_KEY`` with ``PAGERTREE_API_SECRET``, or
    ``PAGERTREE_USERNAME`` with ``PAGERTREE_PASSWORD``.
    """

    _api = V3


class PagerTree(Services[Blocking], Account[Blocking, BlockingTransport, AuthLike], BlockingClient):
    """PagerTree API v3, called and blocking; usable as ``with``, in threads, inside a running loop, after a fork.

    Its credentials are ``Login(username, password)``, ``Token(jwt)``, ``KeyPair(key, secret)`` or a token as plain text.
    Left out, the environment decides: ``PAGERTREE_TOKEN``, or ``PAGERTREE_API_KEY`` with ``PAGERTREE_API_SECRET``, or
    ``PAGERTREE_USERNAME`` with ``PAGERTREE_PASSWORD``.
    """

    _api = V3
