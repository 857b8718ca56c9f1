"""``auth login|status|list|use|logout``: credentials, kept where nobody else can read them."""

from __future__ import annotations

import inspect
from functools import partial
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer

from pagertree_async.cli import options
from pagertree_async.cli.commands import Entry, command
from pagertree_async.cli.options import option, parameter


class Command(NamedTuple):
    """One of these commands, as an entry of the group.

    Attributes:
        summary: What it does, in a sentence.
        function: The function of :mod:`pagertree_async.cli.logins` that does it.
        parameters: What it takes.
        section: Where it stands in the group's help.
    """

    summary: str
    function: str
    parameters: tuple[Any, ...]
    section: str = "Commands"

    def make(self, name: str) -> Any:
        """The command."""
        return command(name, partial(_run, self.function), self.parameters, help=self.summary)


def entries() -> dict[str, Entry]:
    """The commands by name."""
    check = parameter(
        "check",
        bool,
        option("--check/--no-check", help="Whether to make a request with them; it does by default."),
        True,
    )
    return {
        "login": Command(
            "Keep credentials in the config file or the keyring, after trying them.",
            "login",
            (
                parameter(
                    "kind",
                    str | None,
                    option(
                        "--with",
                        help="What they are: a token, an API key (with its secret, if it has one), or a login.",
                        metavar="token|key|login",
                    ),
                ),
                parameter(
                    "keyring", bool, option("--keyring", help="Keep the secrets in the system's keyring."), False
                ),
                check,
                options.API,
                options.PROFILE,
                options.BASE_URL,
                options.ALLOW_HTTP,
                options.TOKEN_FILE,
                options.TOKEN_STDIN,
            ),
        ),
        "status": Command(
            "Show which credentials are used, from where, and whether they work.",
            "status",
            (
                check,
                options.API,
                options.PROFILE,
                options.BASE_URL,
                options.ALLOW_HTTP,
                options.TOKEN_FILE,
                options.TOKEN_STDIN,
            ),
        ),
        "list": Command("List the profiles.", "listed", ()),
        "use": Command("Make a profile the one that is used when none is named.", "use", (_profile_argument(),)),
        "logout": Command("Forget a profile and its credentials.", "logout", (options.PROFILE,)),
    }


def _profile_argument() -> Any:
    described = typer.Argument(help="The profile.", metavar="NAME", show_default=False)
    return inspect.Parameter("name", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, described])


def _run(function: str, **given: Any) -> None:
    getattr(import_module("pagertree_async.cli.logins"), function)(**given)
