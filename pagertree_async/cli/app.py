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
from typing import Annotated, Any

import typer

from pagertree_async.cli.commands import PROGRAM, Entry, Group, lighten
from pagertree_async.cli.exits import CommandError, Exit, Terminated
from pagertree_async.cli.shapes import known

START = "Start here"
EPILOG = "PagerTree on the command line. Everything works without an account, too: add --sandbox."
USAGE = typer.BadParameter.__mro__[1]
"""The library's error for wrong usage, which it does not name itself."""


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


def entries() -> dict[str, Entry]:
    """Every command by name."""
    found: dict[str, Entry] = {
        "export": Late("Write every list of the account to NDJSON, one file a resource.", partial(_made, "export")),
        "sandbox": Late(
            "Serve a made-up account on this machine, and print how to reach it.", partial(_made, "sandbox")
        ),
        "auth": Late(
            "Credentials: login, status, list, use, logout.",
            lambda name: Group(
                name, partial(_entries, "auth"), help="Credentials, kept where nobody else can read them."
            ),
        ),
        "trigger": Late("Raise an alert for a team, in one line.", partial(_made, "trigger")),
        "api": Late("Send any request and print the answer's body.", partial(_made, "api")),
    }
    for resource in known().values():
        found[resource.name] = Late(resource.about, _group(resource.name, resource.about), section="Resources")
    return found


def _group(resource: str, about: str) -> Callable[[str], Any]:
    return lambda name: Group(name, partial(_entries, "resources", resource), help=about)


def root() -> Group:
    """The command line itself."""
    shell = typer.Typer(rich_markup_mode=None)
    shell.callback()(_version)
    own = typer.main.get_command(shell).params
    lighten(own, {})
    return Group(PROGRAM, entries, help=EPILOG, params=own)


def _show_version(value: bool) -> None:
    if value:
        from pagertree_async._version import __version__

        typer.echo(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _version(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True, show_default=False),
    ] = False,
) -> None:
    """Carries the options of the command line itself."""


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit code; what goes wrong is said in a line on standard error.

    Args:
        arguments: The words behind the program's name.
    """
    try:
        with _terminable():
            _dispatch(list(arguments))
            sys.stdout.flush()
    except typer.Exit as ended:
        return ended.exit_code
    except BrokenPipeError:
        _drop_output()
        return Exit.OK
    except BaseException as error:
        if os.environ.get("PAGERTREE_DEBUG") == "1" or isinstance(error, SystemExit | GeneratorExit):
            raise
        return _said(error)
    return Exit.OK


def _dispatch(arguments: list[str]) -> None:
    command = root()
    if f"_{PROGRAM.replace('-', '_')}_COMPLETE".upper() in os.environ:
        command.main(arguments, prog_name=PROGRAM)  # answers the shell, and ends
    with command.make_context(PROGRAM, arguments) as context:
        command.invoke(context)


def _said(error: BaseException) -> int:
    from pagertree_async.cli.failures import code_of, lines_of

    if isinstance(error, USAGE):
        failed: Any = error
        path = failed.ctx.command_path if failed.ctx is not None else PROGRAM
        error = CommandError(_lowered(failed.format_message()), Exit.USAGE, hint=f"{path} --help")
    elif isinstance(error, typer.Abort):
        error = KeyboardInterrupt()
    elif isinstance(error, ModuleNotFoundError):
        error = CommandError(f"{error.name} is not installed", Exit.USAGE, hint="pip install 'pagertree-async[cli]'")
    for text in lines_of(error):
        typer.echo(text, err=True)
    return code_of(error)


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


def _drop_output() -> None:
    """Whoever read the output has left: have nothing more written, and nothing said of it when the process ends."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
