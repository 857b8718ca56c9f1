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
``RestApiV2Client(token, auth_type="bearer")``         ``PagerDuty(OAuthToken(token))``; theirs says ``"oauth2"`` as well
``with RestApiV2Client(key) as client``                ``with PagerDuty(key)``, ``async with AsyncPagerDuty(key)``
``RestApiV2Client(key, default_from=mail)``            ``PagerDuty(key, default_from=mail)``
``client.url = "https://api.eu.pagerduty.com"``        ``PagerDuty(key, region="eu")``, or ``region=Region(...)``
``client.url = ".../integration-slack"``               ``region=Region(api=...)``; plain verbs and ``jget``, no wrappers
``"users/P1"`` ``"/users/P1"`` ``user["self"]``        the same, as the first argument of every verb
``rget(user)``, a resource or a reference              ``rget(user)``, and of ``jget`` and the rest alike
``params={"statuses": ["triggered"]}``                 the same: a list gets its brackets
``response.ok`` ``response.json()``                    the same, of what ``get`` and the rest give
``get(url).headers["x-request-id"]``                   ``get(url).request_id``; of an error ``error.request_id``
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
``error.response.status_code``                         ``error.status``, with ``headers`` and ``body`` beside it
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
429 is retried without end                             it is retried within ``attempts`` and ``timeout``, 3 and 30 s
401 is raised at once                                  the same; a token that can be renewed is renewed once before
``sleep_timer`` ``sleep_timer_base``                   ``RetryPolicy(base=..., factor=..., cap=...)``
``stagger_cooldown``                                   ``RetryPolicy(jitter=...)``
``proxies``                                            ``PagerDuty(key, proxy=address)``, or ``HTTPS_PROXY``
``default_from``, ``headers={"From": mail}``           the same
``debug=True`` ``print_debug`` ``log``                 ``logging.getLogger("pagertree_async")``, ``hooks=Hooks(...)``
``pagerduty trigger -k KEY --description TEXT``        ``pagertree-async pagerduty trigger --description TEXT``
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
