"""The command line as a whole: its commands, and how each of them ends."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any

import typer

from pagertree_async.cli import connect, options, places, streams, words
from pagertree_async.cli.commands import PROGRAM, USAGE, Entry, Group, parameters_of
from pagertree_async.cli.exits import CommandError, Exit, Terminated
from pagertree_async.cli.shapes import known

START = "Start here"
RESOURCES = "Resources"
EPILOG = (
    "PagerTree on the command line. Everything works without an account, too: add --sandbox behind the command. "
    "The resources below are those of API {api}; {others} shows the others."
)
ENDS = (
    "Exit codes: 0 done, 1 unexpected, 2 wrong usage, 3 credentials, 4 not found, 5 conflict or invalid, "
    "6 too many requests, 7 server or network, 8 interrupted and can go on, 9 done with warnings, "
    "10 a write that may have been applied, 130 Ctrl-C, 143 SIGTERM."
)
COMPLETING = f"_{PROGRAM.replace('-', '_')}_COMPLETE".upper()
"""The variable by which a shell asks for completions."""


SECRETS = frozenset({"--token", "--api-key", "--api-secret", "--key", "--secret", "--password", "--routing-key"})
"""Options that there are not, and that people try."""


class Late:
    """A command whose module is imported when it is made.

    Args:
        summary: What it does, in a sentence.
        make: Makes it, given its name.
        section: Where it stands in the help.
    """

    def __init__(self, summary: str, make: Callable[[str], Any], section: str = START) -> None:
        self.summary = summary
        self.section = section
        self.make = make


def _made(module: str, name: str) -> Any:
    return import_module(f"pagertree_async.cli.{module}").make(name)


def _entries(module: str, *args: str) -> dict[str, Entry]:
    found: dict[str, Entry] = import_module(f"pagertree_async.cli.{module}").entries(*args)
    return found


def entries(api: str) -> dict[str, Entry]:
    """Every command by name.

    Args:
        api: The API whose resources have commands.
    """
    found: dict[str, Entry] = {
        "export": Late(
            "Write every list of the account to files; go on where an earlier run stopped.", partial(_made, "export")
        ),
        "report": Late("Make one HTML page of charts from an export, without a network.", partial(_made, "report")),
        "sandbox": Late(
            "Serve made-up accounts of PagerTree and PagerDuty on this machine.", partial(_made, "sandbox")
        ),
        "auth": Late(
            "Credentials: login, status, list, use, logout.",
            lambda name: Group(
                name,
                partial(_entries, "auth"),
                help="Credentials, kept where nobody else can read them.",
                params=_any(),
            ),
        ),
        "trigger": Late("Raise an alert for a team, in one line.", partial(_made, "trigger")),
        "oncall": Late(
            "Who is on call: now, entries, gaps; of PagerTree and of PagerDuty.",
            lambda name: Group(
                name, partial(_entries, "oncall"), help="Who is on call, and when nobody is.", params=_any()
            ),
        ),
        "pagerduty": Late(
            "Alerts and changes for PagerDuty: trigger, acknowledge, resolve, change.",
            lambda name: Group(name, partial(_entries, "events"), help="PagerDuty's Events API, in a line each."),
        ),
        "doctor": Late("Check, step by step, what it takes to reach the API.", partial(_made, "doctor")),
        "api": Late("Send any request and print the answer's body.", partial(_made, "api")),
    }
    hidden: dict[str, Entry] = {}
    for resource in known(api).values():
        name, make = resource.name.replace("_", "-"), _group(api, resource.name, resource.about)
        found[name] = Late(resource.about, make, section=RESOURCES)
        if name != resource.name:
            hidden[resource.name] = Late(resource.about, make, section="")
    return found | hidden


def _any() -> list[Any]:
    return parameters_of([options.ANY_API])


def _group(api: str, resource: str, about: str) -> Callable[[str], Any]:
    def make(name: str) -> Group:
        return Group(
            name, partial(_entries, "resources", api, resource), help=about, params=parameters_of([options.API])
        )

    return make


def root(api: str = connect.USUAL) -> Group:
    """The command line itself.

    Args:
        api: The API whose resources have commands.
    """
    shown = api if api in connect.APIS else connect.USUAL
    about = EPILOG.format(api=shown, others=" or ".join(f"--api {one}" for one in connect.APIS if one != shown))
    return Group(PROGRAM, partial(entries, shown), help=about, params=parameters_of(OWN, completion=True), epilog=ENDS)


def _show_version(value: bool) -> None:
    if value:
        from pagertree_async._version import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


OWN = (
    options.parameter(
        "version",
        bool,
        options.option("--version", help="Show the version.", callback=_show_version, is_eager=True),
        False,
    ),
    options.API,
    options.CONFIG,
    options.VERBOSE,
)


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; what goes wrong is said in a line on standard error.

    Args:
        arguments: The words behind the program's name.
    """
    streams.prepare()
    code: int = Exit.OK
    try:
        with _terminable():
            code = _dispatched(list(arguments))
            sys.stdout.flush()
    except BrokenPipeError:
        pass
    except BaseException as error:
        if os.environ.get("PAGERTREE_DEBUG") == "1" or isinstance(error, SystemExit | GeneratorExit):
            raise
        code = _said(error)
    streams.drop()
    return code


def _dispatched(arguments: list[str]) -> int:
    """Have the command do its work, and return the code it ends with."""
    if COMPLETING in os.environ:
        typed = os.environ.get("COMP_WORDS") or os.environ.get("_TYPER_COMPLETE_ARGS", "")
        line = words.looked_at(typed.split())
        with places.chosen(line.config):
            root(_begun(line.words)).main(arguments, prog_name=PROGRAM)  # answers the shell, and ends
    line = words.looked_at(arguments)
    with places.chosen(line.config):
        command = root(words.glimpse(line.words))
        try:
            with command.make_context(PROGRAM, line.words) as context:
                command.invoke(context)
        except typer.Exit as ended:
            return ended.exit_code
    return Exit.OK


def _begun(typed: Sequence[str]) -> str:
    """Which API is meant by words of which the last may be half of one."""
    try:
        return words.glimpse(typed)
    except CommandError:
        return connect.USUAL


def _said(error: BaseException) -> int:
    from pagertree_async.cli.failures import code_of, lines_of
    from pagertree_async.cli.output import note

    if isinstance(error, USAGE):
        failed: Any = error
        path = failed.ctx.command_path if failed.ctx is not None else PROGRAM
        # Only words too many are told by the plain class: a title without its quotes, mostly.
        quotes = "Put what has spaces in quotes; " if type(failed) is USAGE else ""
        error = _secret(getattr(failed, "option_name", ""), path) or CommandError(
            _lowered(failed.format_message()), Exit.USAGE, hint=f"{quotes}{path} --help"
        )
    elif isinstance(error, typer.Abort):
        error = KeyboardInterrupt()
    elif isinstance(error, ModuleNotFoundError):
        error = CommandError(f"{error.name} is not installed", Exit.USAGE, hint="pip install 'pagertree-async[cli]'")
    for text in lines_of(error):
        note(text)
    return code_of(error)


def _secret(option: str, path: str) -> CommandError | None:
    """What to say of an option that would take a secret, None where it would not."""
    duty = path.startswith(f"{PROGRAM} pagerduty")
    if option not in SECRETS and not (duty and option == "-k"):
        return None
    from pagertree_async.cli.events import SECRETLY

    message = f"there is no option {option}: the words of a command can be read by others on this machine"
    return CommandError(message, Exit.USAGE, hint=SECRETLY if duty else connect.SECRETLY)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:].rstrip(".")


@contextmanager
def _terminable() -> Generator[None]:
    """Let SIGTERM end a command where it stands, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(*told: object) -> None:
        del told
        raise Terminated

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
