"""The commands of a resource, made from their shapes."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Collection, Mapping
from functools import partial
from typing import Annotated, Any

import typer

from pagertree_async.cli import connect, members, options
from pagertree_async.cli.commands import Entry, command
from pagertree_async.cli.options import option, parameter
from pagertree_async.cli.shapes import Choice, Resource, Shape, Word, flag_of, known

FILTERS = "Filters (equal to; see --filter for other comparisons)"
NAMES = {"retrieve": "show"}
"""Verbs that have another name here; their own works too, without being shown."""
ALIASES = {"comments": "list-comments"}
"""Verbs that have a second name, by which other command lines know them."""
SWITCHES = {"enable": True, "disable": False}
"""Commands that switch the attribute ``enabled``."""
THEIRS: dict[str, tuple[str, ...]] = {
    "destination_team_ids": ("--team-id", "--team-ids"),
    "destination_router_ids": ("--router-id",),
    "destination_account_user_ids": ("--account-user-id", "--user-id"),
    "account_user_ids": ("--account-user-id",),
    "team_ids": ("--team-id",),
    "member_team_ids": ("--team-id",),
    "router_ids": ("--router-id",),
    "member_account_user_ids": ("--member-id",),
    "admin_account_user_ids": ("--admin-id",),
    "thirdparty_id": ("--alias",),
    "body": ("--comment",),
    "q": ("--search",),
}
"""Options that have more names, by which other command lines know them."""
ALIAS = "thirdparty_id"
"""The attribute by which an object is known to whoever made it."""
USUAL = {"urgency": "medium"}
"""What is meant by an option that must be given and is not."""
TELLING = ("thirdparty_id", "email", "name", "title")
"""What an object is likely to be found by."""
FLAG = re.compile(r"--[a-z-]+")
NARROW = 74
"""How wide a paragraph is that is not to be broken at hyphens."""
SHOWN = 30
"""How many rows a list shows by itself."""

LIMIT = parameter(
    "cli_limit", int | None, option("--limit", help=f"How many rows to show; {SHOWN} by default.", metavar="NUMBER")
)
ALL = parameter("cli_all", bool, option("--all", help="Show every row, as it comes."), False)
OFFSET = parameter(
    "cli_offset", int | None, option("--offset", help="How many rows to leave out first.", metavar="NUMBER")
)
FILTER = "cli_filter"
YES = parameter("cli_yes", bool, option("-y", "--yes", "--force", help="Do not ask whether it is meant."), False)
BY = parameter(
    "cli_by",
    list[str],
    option("--by", help="An attribute to find it by, which is given as well. May be repeated.", metavar="NAME"),
    inspect.Parameter.empty,
)
BY_ALIAS = parameter(
    "cli_alias",
    str | None,
    option("--alias", help="The name that its maker gave it, in the place of its id.", metavar="TEXT"),
)
NULL = parameter(
    "cli_null", list[str] | None, option("--null", help="An attribute to set to null. May be repeated.", metavar="NAME")
)


class Verb:
    """One operation of a resource, as an entry of the resource's group of commands.

    Args:
        api: The API.
        resource: The resource.
        shape: What the command looks like.
        section: Where it stands in the group's help, empty for a name that works without being shown.
        fixed: Values that the command stands for.
    """

    def __init__(
        self,
        api: str,
        resource: Resource,
        shape: Shape,
        section: str = "Commands",
        fixed: Mapping[str, Any] | None = None,
    ) -> None:
        self.summary: str = shape.summary
        self.section = section
        self._api = api
        self._resource = resource
        self._shape = shape
        self._fixed = dict(fixed or {})

    def make(self, name: str) -> Any:
        """The command."""
        return made(name, self._api, self._resource, self._shape, self._fixed)


def resource(api: str, name: str) -> Resource:
    """What is known of a resource, from the endpoint table itself where it is newer than the file."""
    found = known(api).get(name)
    if found is None:
        from pagertree_async.cli import connect, describe

        found = describe.described(connect.services(api)[name])
    return found


def entries(api: str, name: str) -> dict[str, Entry]:
    """The commands of a resource by name.

    Args:
        api: The API.
        name: The resource's name, which is that of its service.
    """
    found = resource(api, name)
    shown: dict[str, Entry] = {
        NAMES.get(shape.verb, shape.verb).replace("_", "-"): Verb(api, found, shape) for shape in found.shapes
    }
    hidden: dict[str, Entry] = {}
    for shape in found.shapes:
        if shape.verb in NAMES:
            hidden[shape.verb] = Verb(api, found, shape, section="")
        if shape.verb in ALIASES:
            hidden[ALIASES[shape.verb]] = Verb(api, found, shape, section="")
        if shape.verb == "update" and any(choice.name == "enabled" for choice in shape.options):
            shown |= _switches(api, found, shape)
    if name == members.USERS and members.MEMBERS in known(api):
        others = resource(api, members.MEMBERS)
        remove = next(one for one in others.shapes if one.verb == "delete")
        hidden["delete"] = Verb(api, others, remove, section="", fixed={members.PERSON: True})
    return shown | hidden


def _switches(api: str, resource: Resource, shape: Shape) -> dict[str, Entry]:
    """The commands that switch an object on and off."""
    thing = shape.summary.rpartition(" of ")[2].rstrip(".")
    return {
        verb: Verb(
            api,
            resource,
            shape._replace(summary=f"{verb.capitalize()} {thing}.", options=()),
            fixed={"enabled": value},
        )
        for verb, value in SWITCHES.items()
    }


def _goes_by_alias(resource: Resource, shape: Shape) -> bool:
    """Whether an alias may stand in the place of the id: objects are listed by it, and the command sets none."""
    listed = next((one for one in resource.shapes if one.verb == "list"), None)
    return (
        listed is not None
        and any(choice.name == ALIAS for choice in listed.options)
        and [word.choices for word in shape.words] == [()]
        and not any(choice.name == ALIAS for choice in shape.options)
    )


def made(name: str, api: str, resource: Resource, shape: Shape, fixed: Mapping[str, Any]) -> Any:
    """The command of one operation."""
    alias = _goes_by_alias(resource, shape)
    taken = {flag_of(choice.name) for choice in shape.options}
    own = [*(_positional(word, optional=alias) for word in shape.words), *(_named(one, taken) for one in shape.options)]
    own += members.parameters(resource.name, shape)
    if alias:
        own.append(BY_ALIAS)
    if shape.kind == "list":
        own += [LIMIT, ALL, OFFSET, _filter(connect.has_ranges(api))]
    if shape.kind == "ensure":
        own.append(BY)
    elif shape.method == "PUT" and not fixed:
        own.append(NULL)
    if shape.method == "DELETE" or shape.deleting:
        own.append(YES)
    if shape.prints != "nothing":
        own += options.PRINTING if shape.prints == "objects" else options.PRINTING[:1]
    return command(
        name,
        partial(_perform, api, resource.name, shape.verb, dict(fixed)),
        [*own, *options.CALLING],
        help=shape.summary,
        epilog="\n\n".join(
            text for text in (_whole(shape.needs), f"Sends {shape.sends}." if shape.sends else "") if text
        ),
        examples=[f"{resource.name.replace('_', '-')} {name}{words}" for words in _examples(shape, fixed)],
    )


def _filter(ranges: bool) -> inspect.Parameter:
    """The option of a list's comparisons, with ranges where the API has them."""
    more = "; FROM..TO behind a = is a range, with both its ends" if ranges else ""
    told = (
        f"Only rows that compare so: NAME, then = != < <= > >= ^= (begins with) or ~= (contains), then a value{more}."
    )
    return parameter(
        FILTER, list[str] | None, option("--filter", help=f"{told} May be repeated.", metavar="COMPARISON")
    )


def _whole(text: str) -> str:
    """A paragraph in lines that break no option."""
    lines = textwrap.wrap(text, NARROW, break_on_hyphens=False, break_long_words=False)
    return "\n".join(["\b", *lines]) if lines else ""


def _examples(shape: Shape, fixed: Mapping[str, Any]) -> list[str]:
    """The words behind a command, as somebody would write them."""
    given = [_given(one) for one in shape.options if one.required and one.name not in USUAL]
    if shape.needs.startswith("Needs"):
        least = FLAG.findall(shape.needs.partition("; or")[0].partition(" or ")[0])
        given += [_given(one) for one in shape.options if flag_of(one.name) in least]
    if shape.kind == "ensure":
        given.insert(0, f"--by {given[0].split()[0].removeprefix('--')}")
    if shape.kind == "find":
        known = (one for name in TELLING for one in shape.options if one.name == name)
        given = [_given(next(known, shape.options[0]))]
    if shape.method == "PUT" and not (given or fixed):
        given = [_given(one) for one in shape.options[:1]]
    words = "".join(f" {word}" for word in (*map(_shown, shape.words), *given))
    if shape.kind != "list":
        return [words]
    return [f"{words} --limit 5 -o json", f"{words} --all --filter 'created_at>=2026-01-01'"]


def _given(choice: Choice) -> str:
    """An option with something for its value."""
    return f"{flag_of(choice.name)} {choice.choices[0] if choice.choices else choice.metavar}".rstrip()


def _shown(word: Word) -> str:
    """What stands for an argument in the help."""
    return word.name.upper() if word.choices else "ID"


def _perform(api: str, resource: str, verb: str, fixed: dict[str, Any], **given: Any) -> None:
    from pagertree_async.cli.perform import perform

    perform(api, resource, verb, given | fixed)


def _positional(word: Word, *, optional: bool) -> inspect.Parameter:
    described = typer.Argument(
        help=word.help, metavar=_shown(word), show_default=False, autocompletion=options.completion(word.choices)
    )
    if optional:
        return parameter(f"cli_{word.name}", str | None, described)
    return inspect.Parameter(f"cli_{word.name}", inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[str, described])


def _named(choice: Choice, taken: Collection[str]) -> inspect.Parameter:
    panel = FILTERS if choice.filters else None
    flag = flag_of(choice.name)
    if not choice.metavar:
        flags = [f"{flag}/--no-{flag[2:]}", *([" /--disabled"] if choice.name == "enabled" else [])]
        return parameter(choice.name, bool | None, option(*flags, help=choice.help, panel=panel))
    more = [other for other in THEIRS.get(choice.name, ()) if other not in taken]
    told = f"{choice.help} May be repeated." if choice.many else choice.help
    usual = USUAL.get(choice.name) if choice.required else None
    described = option(
        flag,
        *more,
        help=f"{told.rstrip('.')}; {usual} by default." if usual else told,
        panel=panel,
        metavar=choice.metavar,
        autocompletion=options.completion(choice.choices),
    )
    kind = list[str] if choice.many else str
    if choice.required:
        return parameter(choice.name, kind, described, usual or inspect.Parameter.empty)
    return parameter(choice.name, kind | None, described)
