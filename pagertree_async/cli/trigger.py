"""``trigger "disk full" --team SRE``: an alert in one line."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from pagertree_async.cli import options
from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.options import option, parameter

UNKNOWN = "THE-ID-OF-THE-TEAM"
PARAMETERS = (
    inspect.Parameter(
        "title",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=Annotated[
            str, typer.Argument(help="What has happened, in a line.", metavar="TITLE", show_default=False)
        ],
    ),
    parameter(
        "team",
        list[str],
        option("--team", help="The team that is to see to it, by name or id. May be repeated.", metavar="TEAM"),
        inspect.Parameter.empty,
    ),
    parameter(
        "urgency", str | None, option("--urgency", help="silent, low, medium, high or critical.", metavar="TEXT")
    ),
    parameter(
        "description", str | None, option("--description", help="What there is to know about it.", metavar="TEXT")
    ),
    *options.PRINTING,
    *options.CALLING,
)


def make(name: str) -> Any:
    """The command."""
    return command(name, run, PARAMETERS, help="Raise an alert for a team, in one line.")


def run(*, title: str, team: list[str], urgency: str | None, description: str | None, **given: Any) -> None:
    """Find the teams and create the alert."""
    from pagertree_async.cli import connect, output
    from pagertree_async.cli.wires import NotSentError
    from pagertree_async.v3.models import Alert

    target, out = options.target(given), options.out(given)
    out.checked(Alert)
    values: dict[str, Any] = {
        name: value for name, value in (("urgency", urgency), ("description", description)) if value is not None
    }
    with connect.client(target) as client:
        teams = [_team(client, one) for one in team]
        try:
            alert = client.alerts.create(title=title, destination_ids=teams, **values)
        except NotSentError:
            return
    output.one(alert, out)


def _team(client: Any, given: str) -> str:
    """The id of a team that is given by its name or by its id.

    Raises:
        CommandError: There is none of this name.
    """
    from pagertree_async.cli.wires import NotSentError
    from pagertree_async.errors import InvalidIdError, NotFoundError

    try:
        found = client.teams.find(name=given)
        return found.id if found is not None else client.teams.retrieve(given).id
    except NotSentError:
        typer.echo()
        return UNKNOWN
    except (NotFoundError, InvalidIdError):
        message = f"there is no team {given!r}, neither by name nor by id"
        raise CommandError(message, Exit.NOT_FOUND, hint="pagertree-async teams list") from None
