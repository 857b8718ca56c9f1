"""``trigger "disk full" --team SRE``: an alert in one line."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer

from pagertree_async.cli import options
from pagertree_async.cli.commands import command
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.nearest import nearest
from pagertree_async.cli.options import option, parameter
from pagertree_async.cli.resources import THEIRS, USUAL

UNKNOWN = "THE-ID-OF-THE-TEAM"
TEAMS = ("destination_team_ids", "destination_ids")
"""The parameters that take the teams of an alert: of each API the first that it has."""
SHOWN = ("id", "title", "status", "urgency", "destination_team_ids", "destination_ids", "d_user_id")
"""What is shown of the alert to a person: which it is, how it stands, and who is asked."""
GIVEN = ("urgency", "description", "thirdparty_id")
"""The attributes of an alert that may be given."""
EXAMPLES = ("trigger 'disk full on db-7' --team SRE --urgency high --alias db-7:disk",)
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
        "urgency",
        str | None,
        option(
            "--urgency",
            help=f"silent, low, medium, high or critical; {USUAL['urgency']} by default where the API wants one.",
            metavar="TEXT",
        ),
    ),
    parameter(
        "description", str | None, option("--description", help="What there is to know about it.", metavar="TEXT")
    ),
    parameter(
        "thirdparty_id",
        str | None,
        option(
            "--thirdparty-id",
            *THEIRS["thirdparty_id"],
            help="A name of your own, by which to resolve it later.",
            metavar="TEXT",
        ),
    ),
    *options.PRINTING,
    *options.CALLING,
)


def make(name: str) -> Any:
    """The command."""
    return command(name, run, PARAMETERS, help="Raise an alert for a team, in one line.", examples=EXAMPLES)


def run(*, title: str, team: list[str], **given: Any) -> None:
    """Find the teams and create the alert."""
    import msgspec

    from pagertree_async.cli import clients, connect, docs, output
    from pagertree_async.cli.perform import doubt
    from pagertree_async.cli.wires import NotSentError

    if not title.strip():
        message = "TITLE is empty: nobody who is woken would know why"
        raise CommandError(message, hint="Say in a line what has happened")
    target, out = options.target(given), options.out(given)
    create: Any = vars(connect.services(connect.api_of(target))["alerts"])["create"]
    out.checked(create.result)
    wanted = {field.name: field for field in msgspec.structs.fields(create.params)}
    values = {name: given[name] for name in GIVEN if given[name] is not None}
    doubt("--urgency", values.get("urgency"), docs.listed(create.params).get("urgency", ()))
    for name, value in USUAL.items():
        if wanted[name].required:
            values.setdefault(name, value)
    with clients.client(target) as client:
        teams = [_team(client, one) for one in team]
        values[next(name for name in TEAMS if name in wanted)] = teams
        try:
            alert = client.alerts.create(title=title, **values)
        except NotSentError:
            return
    if out.form is output.Format.TABLE and not out.fields:
        shown = tuple(name for name in SHOWN if getattr(alert, name, None))
        out = msgspec.structs.replace(out, fields=shown)
    output.one(alert, out)
    if output.unheard(alert):
        raise typer.Exit(Exit.WARNINGS)


def _team(client: Any, given: str) -> str:
    """The id of a team that is given by its name or by its id.

    Raises:
        CommandError: There is none of this name.
    """
    from pagertree_async.cli.wires import NotSentError
    from pagertree_async.errors import InvalidIdError, NotFoundError

    try:
        found = client.teams.find(name=given)
        return str(found.id if found is not None else client.teams.retrieve(given).id)
    except NotSentError:
        typer.echo()
        return UNKNOWN
    except (NotFoundError, InvalidIdError):
        near = nearest(given, [one.name for one in client.teams.list(limit=100).first().data if one.name])
        asked = ", neither by name nor by id" if near is None else f"; did you mean {near!r}?"
        message = f"there is no team {given!r}{asked}"
        raise CommandError(message, Exit.NOT_FOUND, hint="pagertree-async teams list") from None
