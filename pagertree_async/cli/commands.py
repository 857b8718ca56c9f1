"""Commands and groups of commands, made when they are asked for and not before."""

from __future__ import annotations

import inspect
import re
import shlex
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import typer
from typer.core import TyperCommand, TyperGroup

from pagertree_async.cli import options
from pagertree_async.cli.exits import CommandError
from pagertree_async.cli.nearest import asked, nearest

PROGRAM = "pagertree-async"
WIDTH = 100
KIND = re.compile(r" <\w+>$")
"""What is shown of an argument's type, of which its name says enough."""
USAGE: Any = typer.BadParameter.__mro__[1]
"""The library's error for wrong usage, which it does not name itself."""


class Entry(Protocol):
    """A command that a group knows of, before it is made."""

    @property
    def summary(self) -> str:
        """What it does, in a sentence."""
        ...

    @property
    def section(self) -> str:
        """The part of the group's help that it stands in, empty for none at all."""
        ...

    def make(self, name: str, /) -> Any:
        """The command itself."""
        ...


class Sectioned(TyperCommand):
    """A command whose help shows its options in sections, and whose options are given once unless they take several."""

    def make_parser(self, ctx: Any) -> Any:
        """What takes the words apart."""
        parser: Any = super().make_parser(ctx)
        parse = parser.parse_args

        def parse_args(args: list[str]) -> Any:
            found = parse(args=args)
            if not ctx.resilient_parsing:
                _refuse_twice(found[2])
            return found

        parser.parse_args = parse_args
        return parser

    def get_help_option(self, ctx: Any) -> Any:
        """The option that shows the help."""
        found = super().get_help_option(ctx)
        lighten([] if found is None else [found], {})
        return found

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The parts of the usage line; braces would say that there is a choice."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the parameters, each in its section."""
        sections: dict[str, list[Any]] = {}
        for parameter in self.get_params(ctx):
            title: str = getattr(parameter, "rich_help_panel", None) or "Options"
            if parameter.param_type_name == "argument":
                title = "Arguments"
            record: Any = parameter.get_help_record(ctx)
            name, told = record
            sections.setdefault(title, []).append((KIND.sub("", name), told))
        order = ("Arguments", "Options", *sorted(sections.keys() - {"Arguments", "Options"}, reverse=True))
        for title in order:
            if title in sections:
                with formatter.section(title):
                    formatter.write_dl(sections[title])


def _refuse_twice(order: Sequence[Any]) -> None:
    """Refuse an option that takes one value and was given several: of which all but one would be dropped.

    Raises:
        CommandError: There is one.
    """
    for one in {id(each): each for each in order if each.param_type_name == "option"}.values():
        times = sum(each is one for each in order)
        if times > 1 and not (one.multiple or one.count or (one.is_flag and not one.secondary_opts)):
            if one.is_flag:
                *ways, last = (*one.opts, *one.secondary_opts)
                message = f"{', '.join(ways)} and {last} are one switch: give one of them, once"
            else:
                message = f"{one.opts[0]} was given {times} times, and takes one value"
            raise CommandError(message)


class Group(TyperGroup):
    """A group that knows the names and summaries of its commands and makes a command when it is called.

    Args:
        name: The group's name.
        entries: The commands by name, or a function that gives them on first need.
        help: What the group is about.
        params: The group's own options.
        epilog: What stands below the commands.
    """

    def __init__(
        self,
        name: str,
        entries: Callable[[], dict[str, Entry]],
        *,
        help: str,
        params: Sequence[Any] = (),
        epilog: str | None = None,
    ) -> None:
        super().__init__(
            name=name,
            help=help,
            params=list(params),
            epilog=epilog,
            rich_markup_mode=None,
            context_settings={"max_content_width": WIDTH, "help_option_names": ["-h", "--help"]},
        )
        self._find = entries
        self._entries: dict[str, Entry] | None = None

    @property
    def entries(self) -> dict[str, Entry]:
        """The commands by name."""
        if self._entries is None:
            self._entries = self._find()
        return self._entries

    def list_commands(self, ctx: Any) -> list[str]:
        """The names that are shown."""
        return [name for name, entry in self.entries.items() if entry.section]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, made now; None when there is none."""
        entry = self.entries.get(cmd_name)
        return None if entry is None else entry.make(cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the arguments begin with.

        Raises:
            CommandError: There is none of this name.
        """
        if args[0] in self.entries or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        message = f"there is no command {args[0]!r}{asked(args[0], self.list_commands(ctx))}"
        raise CommandError(message, hint=f"{ctx.command_path} --help")

    def get_help_option(self, ctx: Any) -> Any:
        """The option that shows the help."""
        found = super().get_help_option(ctx)
        lighten([] if found is None else [found], {})
        return found

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the group's own options; without anything else, its help is shown."""
        if not args and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            raise typer.Exit
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except USAGE as error:
            self._refuse_early(ctx, given, getattr(error, "option_name", ""))
            raise

    def _refuse_early(self, ctx: Any, given: list[str], option: str) -> None:
        """Say where an option goes that stands before the command and is not the group's.

        Raises:
            CommandError: It does.
        """
        own = [name for one in self.get_params(ctx) for name in one.opts]
        nowhere = option == "--api"  # wherever it stood, it was put behind the command
        if not option or nowhere or (option not in options.MANY and nearest(option, own)):
            return
        at = next((place for place, word in enumerate(given) if word in self.entries), len(given))
        words = [ctx.command_path, shlex.join(given[at:]) or "COMMAND", shlex.join(given[:at])]
        message = f"{option} is an option of the commands, and belongs behind one"
        raise CommandError(message, hint=" ".join(words))

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, each in its section, without making any."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for name in self.list_commands(ctx):
            entry = self.entries[name]
            sections.setdefault(entry.section, []).append((name, entry.summary))
        for title, found in sections.items():
            with formatter.section(title):
                formatter.write_dl(found)


def command(
    name: str,
    function: Callable[..., object],
    parameters: Sequence[inspect.Parameter],
    *,
    help: str,
    epilog: str = "",
    examples: Sequence[str] = (),
) -> Any:
    """A command of typer's that calls ``function`` with its parameters by name.

    Args:
        name: The command's name.
        function: What it does.
        parameters: What it takes, annotated as typer wants it.
        help: What it does, in a sentence and perhaps more.
        epilog: What stands below the options.
        examples: Command lines that stand below that, without the program's name.
    """

    def call(**given: Any) -> object:
        return function(**given)

    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    settings = {"max_content_width": WIDTH, "help_option_names": ["-h", "--help"]}
    if examples:
        shown = "\n".join(["\b", "Examples:", *(f"  {PROGRAM} {words}" for words in examples)])
        epilog = f"{epilog}\n\n{shown}" if epilog else shown
    app.command(name, cls=Sectioned, help=help, epilog=epilog, context_settings=settings)(call)
    made = typer.main.get_command(app)
    kinds = {parameter.name: _kind(parameter.annotation) for parameter in parameters}
    lighten(made.params, kinds)
    return made


def _kind(annotation: Any) -> Any:
    """The type of a single value, from ``Annotated[list[T] | None, …]`` or simpler."""
    inner = typing.get_args(annotation)[0]
    if typing.get_origin(inner) is types.UnionType:
        inner = typing.get_args(inner)[0]
    return (*typing.get_args(inner), inner)[0]


def parameters_of(parameters: Sequence[inspect.Parameter], *, completion: bool = False) -> list[Any]:
    """Parameters as a group takes them for itself.

    Args:
        parameters: The parameters, annotated as typer wants them.
        completion: Whether those that set up completion in a shell come with them.
    """

    def own(**given: Any) -> None:
        """Carries the parameters."""

    own.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # pyright: ignore[reportFunctionMemberAccess]
    own.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    shell = typer.Typer(add_completion=completion, rich_markup_mode=None)
    shell.callback()(own)
    made: list[Any] = typer.main.get_command(shell).params
    lighten(made, {parameter.name: _kind(parameter.annotation) for parameter in parameters})
    return made


class Reader:
    """Makes the values of a parameter without the library that newer versions of typer load for it.

    Args:
        kind: The type of a single value.
    """

    def __init__(self, kind: Callable[[Any], Any]) -> None:
        self._kind = kind

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value, or values, of what was written."""
        several = param.multiple or param.nargs == -1
        if value is None:
            return () if several else None
        try:
            return [self._kind(one) for one in value] if several else self._kind(value)
        except ValueError:
            message = f"{value!r} is not a {'whole number' if self._kind is int else 'number'}"
            raise typer.BadParameter(message, ctx=ctx, param=param) from None


def lighten(parameters: Sequence[Any], kinds: Mapping[str, Any]) -> None:
    """Have parameters read by a ``Reader``.

    Newer versions of typer build a validator for each parameter, with a library that takes longer to load than all
    else; older ones convert by themselves and never ask for this.
    """
    for parameter in parameters:
        parameter.get_runtime_param = partial(Reader, kinds.get(parameter.name, bool))
