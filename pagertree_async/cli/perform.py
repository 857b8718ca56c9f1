"""Doing what a resource's command says: one operation of the endpoint table, through the blocking client."""

from __future__ import annotations

import sys
import typing
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from pagertree_async.cli import connect, describe, docs, filters, options, output
from pagertree_async.cli.describe import SHAPING
from pagertree_async.cli.exits import CommandError, Exit
from pagertree_async.cli.failures import warned
from pagertree_async.cli.resources import ALL, BY, FILTER, LIMIT, NULL, OFFSET, SHOWN, YES
from pagertree_async.cli.shapes import flag_of
from pagertree_async.cli.values import Value, values_of
from pagertree_async.cli.wires import NotSentError
from pagertree_async.endpoints import Operation, operations
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
        resource: The name of the service.
        operation: What is to be done.
        reads: How its parameters are read.
        given: The options and arguments.
        target: The account.
        out: How results are printed.
    """

    resource: str
    operation: Operation
    reads: dict[str, Value]
    given: dict[str, Any]
    target: Target
    out: Out

    @property
    def positional(self) -> list[str]:
        """The arguments that are given by their place."""
        return [self.given[f"cli_{name}"] for name in self.operation.arguments]

    def call(self, client: Any) -> Callable[..., Any]:
        """The operation as a method of a client's service."""
        return typing.cast("Callable[..., Any]", getattr(getattr(client, self.resource), self.operation.verb))

    def values(self) -> dict[str, Any]:
        """The arguments that are given by name."""
        values: dict[str, Any] = {}
        for name, value in self.reads.items():
            text = self.given.get(name)
            if text is not None:
                values[name] = text if value.flag else value.of(flag_of(name), text)
        for name in self.given.get(NULL.name) or ():
            here = name.replace("-", "_")
            if here not in self.reads:
                message = f"--null: there is no attribute {name!r} to set"
                raise CommandError(message, hint=f"There are {', '.join(self.reads)}")
            values[here] = None
        return values

    def conditions(self) -> dict[str, Any]:
        """The arguments that ``--filter`` stands for."""
        from pagertree_async import query

        params = self.operation.params
        here = dict(zip(params.__struct_encode_fields__, params.__struct_fields__, strict=True))
        values: dict[str, Any] = {}
        for text in self.given[FILTER.name] or ():
            asked = filters.condition(text)
            name = here.get(asked.name, asked.name)
            if name not in self.reads or name in SHAPING:
                message = f"--filter: there is no {asked.name!r} to compare"
                raise CommandError(message, hint=f"There are {', '.join(self.reads.keys() - SHAPING)}")
            if name in values or self.given.get(name) is not None:
                message = f"--filter: {asked.name!r} is compared twice; the API compares an attribute once"
                raise CommandError(message)
            value = msgspec.structs.replace(self.reads[name], many=False).of(f"--filter {text!r}", asked.value)
            values[name] = value if asked.operator == "equals" else getattr(query, asked.operator)(value)
        return values


def perform(resource: str, verb: str, given: dict[str, Any]) -> None:
    """Do what was asked for and print the result.

    Args:
        resource: The name of the service.
        verb: The name of the operation.
        given: The options and arguments of the command.

    Raises:
        CommandError: What was given cannot be meant.
        PagerTreeError: The call failed.
        typer.Exit: It is done, with warnings.
    """
    operation = next(one for one in operations(connect.services()[resource]) if one.verb == verb)
    reads = {name: value for name, value in values_of(operation.params).items() if name not in OPTION_NAMES}
    job = Job(resource, operation, reads, given, options.target(given), options.out(given))
    action = ACTIONS[describe.shape(operation).kind]
    with warned() as warnings:
        try:
            action(job)
        except NotSentError:
            return
    if warnings:
        raise typer.Exit(Exit.WARNINGS)


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
    with connect.client(job.target) as client:
        listing = job.call(client)(*job.positional, limit=min(most or PAGE, PAGE), **values)
        cut = Cut(listing.pages(), most)
        output.rows(cut, job.operation.result, job.out)
    if not output.is_terminal(sys.stderr):
        return
    if not cut.rows:
        output.note("none")
    elif cut.left:
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
    with connect.client(job.target) as client:
        item = job.call(client)(**values)
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
    with connect.client(job.target) as client:
        result = job.call(client)(by, **values)
    output.one(result.object, job.out)
    output.note(f"{result.object.id}: {result.happened}{' ' if result.changed else ''}{', '.join(result.changed)}")


def called(job: Job) -> None:
    """Make a call and print what it answers."""
    operation = job.operation
    model, several = _result(operation.result)
    if model is not None:
        job.out.checked(model)
    values = job.values()
    named = " ".join(job.positional)
    if operation.method == "DELETE" and not (job.given[YES.name] or job.target.dry_run):
        confirm(f"{docs.summary(operation).partition(';')[0].rstrip('.')}: {named}")
    with connect.client(job.target) as client:
        result = job.call(client)(*job.positional, **values)
    if operation.result is None:
        output.note(f"{operation.verb} {named}: done")
    elif several and model is not None:
        output.rows(result, model, job.out)
    else:
        output.one(result, job.out)


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
