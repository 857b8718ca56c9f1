"""The clients of API v4, one to await and one to call."""

from __future__ import annotations

from pagertree_async.calling import Async, Blocking
from pagertree_async.client import API, Account, AsyncClient, BlockingClient
from pagertree_async.http import BlockingTransport, Transport
from pagertree_async.v4.credentials import PREFIX, AuthLike, address, credentials
from pagertree_async.v4.services import Services

V4 = API(credentials=credentials, address=address, prefix=PREFIX)


class AsyncPagerTree(Services[Async], Account[Async, Transport, AuthLike], AsyncClient):
    """PagerTree API v4, awaited; usable as ``async with``, and from many tasks at once.

    Its credentials are ``ApiKey(key)``, or the key as plain text; left out, ``PAGERTREE_API_KEY`` decides. Below the root
    the API is at ``/api/v4``.
    """

    _api = V4


class PagerTree(Services[Blocking], Account[Blocking, BlockingTransport, AuthLike], BlockingClient):
    """PagerTree API v4, called and blocking; usable as ``with``, in threads, inside a running loop, after a fork.

    Its credentials are ``ApiKey(key)``, or the key as plain text; left out, ``PAGERTREE_API_KEY`` decides. Below the root
    the API is at ``/api/v4``.
    """

    _api = V4
