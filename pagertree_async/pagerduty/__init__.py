"""PagerDuty: who is on call, what happened, open and close this.

>>> from pagertree_async.pagerduty import ApiToken, AsyncPagerDuty
>>> async def names() -> list[str]:
...     async with AsyncPagerDuty(ApiToken("a key")) as client:
...         return [user["name"] async for user in client.iter_all("users")]

What PagerDuty's own client calls it, and what it is called here; ``await`` it, or do not, as the client has it:

====================================================== ====================================================================
``pagerduty``                                          here
====================================================== ====================================================================
``RestApiV2Client(key)``                               ``AsyncPagerDuty(ApiToken(key))``, ``PagerDuty(ApiToken(key))``
``RestApiV2Client(token, auth_type="bearer")``         ``PagerDuty(OAuthToken(token))``
``RestApiV2Client(key, default_from=mail)``            ``PagerDuty(key, default_from=mail)``
``client.url = "https://api.eu.pagerduty.com"``        ``PagerDuty(key, region="eu")``, or ``region=Region(...)``
``get`` ``post`` ``put`` ``delete``                    the same: the answer whatever its status, 401 and 429 are raised
``jget`` ``jpost`` ``jput``                            the same, and ``jdelete``
``rget`` ``rpost`` ``rput`` ``rdelete``                the same; ``rdelete`` gives None
``iter_all`` ``iter_cursor`` ``list_all`` ``dict_all`` the same; ``iter_all`` goes through cursors too
``iter_history(url, since, until)``                    ``iter_all(url, params={"since": ..., "until": ...})``
``find`` ``get_total`` ``persist``                     the same
``iter_incident_notes``                                the same
``rput("incidents", json=[...])``                      the same
``UrlError``                                           ``UrlError``, always before a request
``HttpError`` ``ServerHttpError`` ``Error``            ``APIError`` ``ServerError`` ``PagerTreeError``
``EventsApiV2Client(key)``                             ``PagerDuty(routing_key=key).events``
``trigger`` ``acknowledge`` ``resolve`` ``submit``     the same, below ``events``
``OAuthTokenClient(secret, id)``                       ``AsyncOAuthClient(id, secret)``, ``OAuthClient(id, secret)``
``authorize_url`` ``get_authorize_url``                ``authorize_url``, of the client or of the module
``get_pkce_authorize_url``                             ``authorize_url(..., pkce=Pkce.new())``
``get_new_token_from_code``                            ``exchange``
``get_scoped_app_token``                               ``app_token``
``get_refreshed_token``                                ``refresh``
``refresh_client``                                     ``PagerDuty(OAuth(..., tokens=tokens, on_tokens=keep))``
``early_refresh_buffer``                               ``OAuth(..., early=seconds)``
``retry[404] = 5``                                     ``RetryPolicy(statuses={404: 5})``
``max_http_attempts`` ``max_network_attempts``         ``RetryPolicy(attempts=..., network_attempts=...)``
``sleep_timer`` ``sleep_timer_base``                   ``RetryPolicy(base=..., factor=..., cap=...)``
``stagger_cooldown``                                   ``RetryPolicy(jitter=...)``
``proxies``                                            ``PagerDuty(key, proxy=address)``
====================================================== ====================================================================
"""

from pagertree_async.pagerduty.auth import ApiToken, Basic, OAuthToken
from pagertree_async.pagerduty.client import AsyncPagerDuty, PagerDuty, Region
from pagertree_async.pagerduty.entries import Entries, Entry, EntryUser
from pagertree_async.pagerduty.errors import (
    CredentialsRefusedError,
    EntriesFailedError,
    HTTPSRequiredError,
    InvalidInputError,
    InvalidMomentError,
    InvalidRangeError,
    LockedAccountError,
    MissingArgumentsError,
    ScheduleError,
    UnknownAccountError,
    UnknownScheduleError,
    UrlError,
    WrongArgumentsError,
)
from pagertree_async.pagerduty.oauth import AsyncOAuthClient, OAuth, OAuthClient, Pkce, Tokens, authorize_url
from pagertree_async.pagerduty.rows import Rows

__all__ = [
    "ApiToken",
    "AsyncOAuthClient",
    "AsyncPagerDuty",
    "Basic",
    "CredentialsRefusedError",
    "Entries",
    "EntriesFailedError",
    "Entry",
    "EntryUser",
    "HTTPSRequiredError",
    "InvalidInputError",
    "InvalidMomentError",
    "InvalidRangeError",
    "LockedAccountError",
    "MissingArgumentsError",
    "OAuth",
    "OAuthClient",
    "OAuthToken",
    "PagerDuty",
    "Pkce",
    "Region",
    "Rows",
    "ScheduleError",
    "Tokens",
    "UnknownAccountError",
    "UnknownScheduleError",
    "UrlError",
    "WrongArgumentsError",
    "authorize_url",
]
