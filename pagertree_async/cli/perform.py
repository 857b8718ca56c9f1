"""Doing what a resource's command says: one operation of the endpoint table, through the blocking client."""

from __future__ import annotations

import sys
import typing
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from pagertree_async.cli import clients, connect, describe, docs, filters, members, options, output
from pagertree_async.cli.describe import SHAPING
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.failures import warned
from pagertree_async.cli.nearest import asked as meant
from pagertree_async.cli.nearest import nearest
from pagertree_async.cli.output import one_line
from pagertree_async.cli.resources import ALIAS, ALL, BY, BY_ALIAS, FILTER, LIMIT, NULL, OFFSET, SHOWN, YES
from pagertree_async.cli.shapes import DELETE, flag_of
from pagertree_async.cli.values import Value, one_reader, value_of, values_of
from pagertree_async.cli.wires import NotSentError
from pagertree_async.endpoints import Operation, operations
from pagertree_async.errors import NotFoundError
from pagertree_async.models import Model
from pagertree_async.params import OPTION_NAMES

if TYPE_CHECKING:
    from pagertree_async.cli.connect import Target
    from pagertree_async.cli.output import Out
    from pagertree_async.pages import Page

PAGE = 100


class Job(msgspec.Struct, frozen=True):
    """One command that was given.

    Attributes:
        api: The API that the command is of.
        resource: The name of the service.
        operation: What is to be done.
        reads: How its parameters are read.
        given: The options and arguments.
        target: The account.
        out: How results are printed.
    """

    api: str
    resource: str
    operation: Operation
    reads: dict[str, Value]
    given: dict[str, Any]
    target: Target
    out: Out

    @property
    def alias(self) -> str | None:
        """The name that stands in the place of an id."""
        return self.given.get(BY_ALIAS.name)

    @property
    def positional(self) -> list[str]:
        """The arguments that are given by their place."""
        return [self.given[f"cli_{name}"] for name in self.operation.arguments]

    @property
    def named(self) -> str:
        """What it is done to, in words."""
        return " ".join(self.positional) if self.alias is None else self.alias

    def checked(self) -> None:
        """Refuse an id beside an alias, and neither, and several that would read standard input.

        Raises:
            CommandError: That is what was given.
        """
        one_reader(self.target, self.reads, self.given)
        if BY_ALIAS.name in self.given and bool(self.alias) == bool(self.positional[0]):
            message = "--alias and an id contradict each other" if self.alias else "missing argument 'ID'"
            raise CommandError(message, hint="Give an id, or --alias TEXT")

    def call(self, client: Any, **values: Any) -> Any:
        """Do it with a client: to the object of the alias, where one is given, or of the id.

        Raises:
            CommandError: Nothing has the alias.
        """
        service = getattr(client, self.resource)
        if self.alias is None:
            try:
                return getattr(service, self.operation.verb)(*self.positional, **values)
            except NotFoundError:
                person = members.PERSON in self.given
                member = members.instead(client, self.resource, *self.positional[:1], person=person)
                if member is None:
                    raise
            retrieved = self.operation.verb == "retrieve"
            return member if retrieved else getattr(client.account_users, self.operation.verb)(member, **values)
        if ALIAS in self.operation.instead:
            return getattr(service, self.operation.verb)(**{ALIAS: self.alias}, **values)
        found = service.find(**{ALIAS: self.alias})
        if found is None:
            message = f"none of the {self.resource} has the alias {self.alias!r}"
            raise CommandError(message, Exit.NOT_FOUND)
        return getattr(service, self.operation.verb)(found, **values)

    def values(self) -> dict[str, Any]:
        """The arguments that are given by name."""
        values: dict[str, Any] = {}
        for name, value in self.reads.items():
            text = self.given.get(name)
            if text is not None:
                values[name] = text if isinstance(text, bool) else value.of(flag_of(name), text)
                self._doubt(flag_of(name), name, values[name])
        for name in self.given.get(NULL.name) or ():
            here = name.replace("-", "_")
            if here not in self.reads:
                message = f"--null: there is no attribute {name!r} to set{meant(here, self.reads)}"
                raise CommandError(message, hint=f"There are {', '.join(self.reads)}")
            values[here] = None
        if self.given.get(members.ROLE.name):
            values[members.RIGHTS] = values.get(members.RIGHTS, {}) | members.rights(self.given[members.ROLE.name])
        return values

    def _doubt(self, option: str, name: str, value: Any) -> None:
        """Say so when a text is none of those that are documented; the API may know more by now."""
        known = docs.listed(self.operation.params).get(name) or self.reads[name].choices
        model = self.operation.result
        if not known and self.operation.paged and isinstance(value, str):
            hint = typing.get_type_hints(model, include_extras=True).get(name, str)
            known = value_of(hint).choices
        doubt(option, value, known)

    def conditions(self) -> dict[str, Any]:
        """The arguments that ``--filter`` stands for."""
        asked = filters.Conditions(
            params=self.operation.params,
            reads={name: read for name, read in self.reads.items() if name not in SHAPING},
            ranges=connect.has_ranges(self.api),
            given=[name for name in self.reads if self.given.get(name) is not None],
            look=self._doubt,
        )
        return asked.arguments(self.given[FILTER] or ())


def perform(api: str, resource: str, verb: str, given: dict[str, Any]) -> None:
    """Do what was asked for and print the result.

    Args:
        api: The API that the command is of.
        resource: The name of the service.
        verb: The name of the operation.
        given: The options and arguments of the command.

    Raises:
        CommandError: What was given cannot be meant.
        PagerTreeError: The call failed.
        typer.Exit: It is done, with warnings.
    """
    target = options.target(given, api)
    if members.TEAM.name in given:
        made = next(one for one in operations(connect.services(api)[members.MEMBERS]) if one.verb == verb)
        resource, given = members.meant(given, values_of(made.params))
    operation = next(one for one in operations(connect.services(api)[resource]) if one.verb == verb)
    reads = {name: value for name, value in values_of(operation.params).items() if name not in OPTION_NAMES}
    job = Job(api, resource, operation, reads, given, target, options.out(given))
    job.checked()
    action = ACTIONS[describe.shape(operation).kind]
    with warned() as warnings:
        try:
            action(job)
        except NotSentError:
            return
    if warnings:
        raise typer.Exit(Exit.WARNINGS)


def doubt(option: str, value: Any, known: Sequence[str]) -> None:
    """Warn of a text that is none of the known ones, where there are some."""
    if not known or not isinstance(value, str) or value in known:
        return
    near = nearest(value, known)
    asked = f"known are {', '.join(known)}" if near is None else f"did you mean {near!r}?"
    output.note(f"warning: {option}: {one_line(value)!r} is no known value; {asked}")


def listed(job: Job) -> None:
    """Print a list, or the beginning of it."""
    every, limit = job.given[ALL.name], job.given[LIMIT.name]
    if every and limit is not None:
        message = "--all and --limit contradict each other"
        raise CommandError(message)
    if limit is not None and limit < 1:
        message = "--limit: at least 1"
        raise CommandError(message)
    job.out.checked(job.operation.result)
    most = None if every else limit or SHOWN
    values = job.values() | job.conditions()
    if job.given[OFFSET.name] is not None:
        values["offset"] = job.given[OFFSET.name]
    with clients.client(job.target) as client:
        listing = job.call(client, limit=min(most or PAGE, PAGE), **values)
        cut = Cut(listing.pages(), most)
        output.rows(cut, job.operation.result, job.out)
    if not cut.rows and output.is_terminal(sys.stderr):
        output.note("none")
    if cut.left:
        output.note(f"{cut.rows}{'' if cut.total is None else f' of {cut.total}'} shown; --all shows every one")


class Cut:
    """The first rows of a list.

    Args:
        pages: The list's pages.
        most: How many rows to give at most, None for all.
    """

    def __init__(self, pages: Iterable[Page[Any]], most: int | None) -> None:
        self._pages = pages
        self._most = most
        self.rows: int = 0
        self.total: int | None = None
        self.left: bool = False

    def __iter__(self) -> Iterator[Model]:
        for page in self._pages:
            self.total = page.total_count
            wanted = page.data if self._most is None else page.data[: self._most - self.rows]
            for item in wanted:
                self.rows += 1
                yield item
            if self.rows == self._most:
                self.left = page.has_more or len(wanted) < len(page.data)
                return


def found(job: Job) -> None:
    """Print the one object that has the attributes given.

    Raises:
        CommandError: There is none.
    """
    job.out.checked(job.operation.result)
    values = job.values()
    with clients.client(job.target) as client:
        item = job.call(client, **values)
    if item is None:
        asked = ", ".join(f"{name}={value!s}" for name, value in values.items())
        message = f"none of the {job.resource} has {asked}"
        raise CommandError(message, Exit.NOT_FOUND)
    output.one(item, job.out)


def ensured(job: Job) -> None:
    """Print the object that is there now, and say what that took."""
    job.out.checked(job.operation.result)
    values = job.values()
    by = [name.replace("-", "_") for name in job.given[BY.name]]
    with clients.client(job.target) as client:
        result = getattr(getattr(client, job.resource), job.operation.verb)(by, **values)
    output.one(result.object, job.out)
    output.note(f"{result.object.id}: {result.happened}{' ' if result.changed else ''}{', '.join(result.changed)}")


def called(job: Job) -> None:
    """Make a call and print what it answers."""
    operation = job.operation
    model, several = _result(operation.result)
    if model is not None:
        job.out.checked(model)
    values = job.values()
    shape = describe.shape(operation)
    deletes = operation.method == "DELETE" or any(values.get(name) == DELETE for name in shape.deleting)
    if deletes and not (job.given[YES.name] or job.target.dry_run):
        asked = job.named or ", ".join(f"{name}={value!s}" for name, value in values.items())
        confirm(f"{shape.summary.partition(';')[0].rstrip('.')}: {asked}")
    with clients.client(job.target) as client:
        result = job.call(client, **values)
        table = several and job.out.form is output.Format.TABLE
        names = members.names(client, result) if table else {}
    if operation.result is None:
        output.note(f"{operation.verb} {job.named}: done")
    elif several and model is not None:
        output.rows(result, model, msgspec.structs.replace(job.out, names=names))
    else:
        if operation.method == "GET" and isinstance(result, Model):
            job.out.checked(type(result))  # a member may have been read in the place of a user
        output.one(result, job.out)
    if operation.verb == "create" and output.unheard(result):
        raise typer.Exit(Exit.WARNINGS)


ACTIONS = {"list": listed, "find": found, "ensure": ensured, "call": called}


def _result(kind: Any) -> tuple[type[Model] | None, bool]:
    """The model that an operation answers with, and whether with several."""
    several = typing.get_origin(kind) is list
    inner = typing.get_args(kind)[0] if several else kind
    return (inner if isinstance(inner, type) and issubclass(inner, Model) else None), several


def confirm(question: str) -> None:
    """Ask whether something is meant.

    Raises:
        CommandError: It is not, or there is nobody to ask.
    """
    if not (output.is_terminal(sys.stdin) and output.is_terminal(sys.stderr)):
        message = "this cannot be undone, and there is nobody to ask"
        raise CommandError(message, hint="Say --yes when it is meant")
    if not typer.confirm(f"{question}?", err=True):
        message = "not confirmed; nothing was sent"
        raise CommandError(message)
