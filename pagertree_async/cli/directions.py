"""How to point a client at a sandbox: from a shell, from Python, by curl."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagertree_async.sandbox import Sandbox
    from pagertree_async.sandbox.pagerduty import PagerDutySandbox

IMPORTS = {
    "API v4": "  # API v4, in Python: from pagertree_async.v4 import PagerTree",
    "API v3": "  # in Python: from pagertree_async import PagerTree",
}
"""What of the client goes with the variables below: a key of one version opens nothing in the other."""


def directions(sandbox: Sandbox, duty: PagerDutySandbox, url: str) -> str:
    """What is printed when the accounts are served.

    Args:
        sandbox: PagerTree's account.
        duty: PagerDuty's account.
        url: Where both are.
    """
    parts = (
        f"Sandbox accounts of PagerTree and PagerDuty at {url}, until Ctrl-C.",
        _block(
            "PagerTree, in a shell:",
            {"PAGERTREE_BASE_URL": url, "PAGERTREE_API_KEY": sandbox.v4_api_key},
            IMPORTS["API v4"],
        ),
        _others(sandbox),
        _block("PagerDuty, in a shell:", {"PAGERDUTY_BASE_URL": url, **duty_variables(duty)}),
        _python(sandbox, duty, url),
        _curl(sandbox, duty, url),
    )
    return "\n\n".join(parts)


def ways(sandbox: Sandbox) -> dict[str, list[dict[str, str]]]:
    """The environment variables of each way into PagerTree's account, by API in words.

    Args:
        sandbox: PagerTree's account.
    """
    return {
        "API v4": [{"PAGERTREE_API_KEY": sandbox.v4_api_key}],
        "API v3": [
            {"PAGERTREE_TOKEN": sandbox.token()},
            {"PAGERTREE_API_KEY": sandbox.api_key, "PAGERTREE_API_SECRET": sandbox.api_secret},
            {"PAGERTREE_USERNAME": sandbox.username, "PAGERTREE_PASSWORD": sandbox.password},
        ],
    }


def duty_variables(duty: PagerDutySandbox) -> dict[str, str]:
    """The environment variables of PagerDuty's account: for the REST API, for events, and for the entries of API v1.

    Args:
        duty: PagerDuty's account.
    """
    return {
        "PAGERDUTY_API_KEY": duty.api_key,
        "PAGERDUTY_ROUTING_KEY": duty.routing_key,
        "PAGERDUTY_USERNAME": duty.username,
        "PAGERDUTY_PASSWORD": duty.password,
    }


def _block(title: str, variables: dict[str, str], *remarks: str) -> str:
    return "\n".join([title, *remarks, *(f"  export {name}={text}" for name, text in variables.items())])


def _others(sandbox: Sandbox) -> str:
    lines = ["Or, in its place (unset PAGERTREE_API_KEY), one of these:", IMPORTS["API v3"]]
    for variables in ways(sandbox)["API v3"]:
        ends = ", a token, which ends in an hour" if "PAGERTREE_TOKEN" in variables else ""
        lines += [f"  # API v3{ends}", *(f"  # export {name}={text}" for name, text in variables.items())]
    return "\n".join(lines)


def _python(sandbox: Sandbox, duty: PagerDutySandbox, url: str) -> str:
    ours = f"""\
In Python:
  from pagertree_async.v4 import PagerTree
  with PagerTree("{sandbox.v4_api_key}", base_url="{url}") as client:
      print(client.alerts.list().first().total_count, "alerts")"""
    if not url.startswith("https:"):
        return f"{ours}\n\nPagerDuty's own client takes nothing but https://; for that: --tls-cert FILE --tls-key FILE."
    return f"""\
{ours}

In Python, by PagerDuty's own client:
  import pagerduty
  with pagerduty.RestApiV2Client("{duty.api_key}", base_url="{url}") as client:
      print(client.get_total("incidents"), "incidents")
  # pagerduty.EventsApiV2Client("{duty.routing_key}", base_url="{url}")
  # pagerduty.OAuthTokenClient("{duty.client_secret}", "{duty.client_id}", base_url="{url}")"""


def _curl(sandbox: Sandbox, duty: PagerDutySandbox, url: str) -> str:
    return f"""\
By curl:
  curl -H "authorization: Bearer {sandbox.v4_api_key}" "{url}/api/v4/alerts?limit=1"
  curl -H "x-api-key: {sandbox.api_key}" -H "x-api-secret: {sandbox.api_secret}" "{url}/alert?limit=1"
  curl -H "authorization: Token token={duty.api_key}" "{url}/incidents?limit=1"
"""
