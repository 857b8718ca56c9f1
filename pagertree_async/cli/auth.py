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
        examples: Command lines to show.
        section: Where it stands in the group's help.
    """

    summary: str
    function: str
    parameters: tuple[Any, ...]
    examples: tuple[str, ...] = ()
    section: str = "Commands"

    def make(self, name: str) -> Any:
        """The command."""
        return command(name, partial(_run, self.function), self.parameters, help=self.summary, examples=self.examples)


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
                options.CONFIG,
                options.PROFILE,
                options.BASE_URL,
                options.ALLOW_HTTP,
                options.TOKEN_FILE,
                options.TOKEN_STDIN,
            ),
            (
                "auth login",
                "auth login --with login --profile work --keyring",
                "auth login --with key --token-stdin < key",
            ),
        ),
        "status": Command(
            "Show which credentials are used, from where, and whether they work.",
            "status",
            (
                check,
                options.API,
                options.CONFIG,
                options.PROFILE,
                options.BASE_URL,
                options.ALLOW_HTTP,
                options.TOKEN_FILE,
                options.TOKEN_STDIN,
            ),
        ),
        "list": Command("List the profiles.", "listed", (options.CONFIG,)),
        "use": Command(
            "Make a profile the one that is used when none is named.", "use", (_profile_argument(), options.CONFIG)
        ),
        "logout": Command("Forget a profile and its credentials.", "logout", (options.CONFIG, options.PROFILE)),
    }


def _profile_argument() -> Any:
    described = typer.Argument(help="The profile.", metavar="NAME", show_default=False)
    return inspect.Parameter("name", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, described])


def _run(function: str, **given: Any) -> None:
    getattr(import_module("pagertree_async.cli.logins"), function)(**given)
