"""PagerDuty's REST API v2 by its generic verbs: the raw answer, its body, or the object in it, and every row of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypedDict, Unpack, cast

import msgspec

from pagertree_async.both import Speaks, both
from pagertree_async.calling import Mode
from pagertree_async.errors import (
    APIError,
    AuthenticationError,
    InvalidArgumentError,
    InvalidResponseError,
    RateLimitedError,
    UnexpectedRedirectError,
)
from pagertree_async.http import Headers, Response, Timeout
from pagertree_async.models import Json, decoded
from pagertree_async.pagerduty.errors import UrlError
from pagertree_async.pagerduty.paths import CURSORS, Target, located, paged, query_of, template, wrapped, wrapping
from pagertree_async.pagerduty.rows import Asked, Fetch, Hook, Rows, Walk, page_size, start_of
from pagertree_async.params import checked_id
from pagertree_async.raw import as_it_is, raw_call
from pagertree_async.retry import RetryPolicy

Params = Mapping[str, Any]
"""Query values by name: a list becomes ``name[]`` and repeats it, a moment becomes ISO 8601, None is left out."""

ACCEPT = "application/vnd.pagerduty+json;version=2"


class Reading(TypedDict, total=False):
    """What every verb takes beside the address.

    Attributes:
        params: Query values by name: a list becomes ``name[]`` and repeats it, a moment ISO 8601, None is left out.
        headers: More headers.
        timeout: Seconds in total, or a ``Timeout`` with the parts.
        retry: When this call is tried again.
    """

    params: Params | None
    headers: Mapping[str, str] | None
    timeout: float | Timeout | None
    retry: RetryPolicy | None


class Writing(Reading, total=False):
    """What a verb with a body takes as well.

    Attributes:
        json: The body.
    """

    json: object


def _parsed(response: Response) -> Any:
    return decoded(response.body, msgspec.json.decode, response.status) if response.body.strip() else None


def _unwrapped(inner: str | None, response: Response) -> Any:
    body = _parsed(response)
    if inner is None or body is None:
        return body
    if isinstance(body, dict) and inner in body:
        return cast("Json", body)[inner]
    message = f"the answer has no {inner!r}"
    hint = "Use the verb with j, which gives the whole body"
    raise InvalidResponseError(message, status=response.status, body=response.body, hint=hint)


class Rest(Speaks[Mode]):
    """The generic verbs.

    Where an address is taken it may be a path (``users``, ``/users``), a full address of the same origin, or an object
    whose ``self`` is one. Keyword arguments are the same everywhere: ``params`` for the query, ``json`` for the body,
    ``headers``, ``timeout`` and ``retry``.

    ``get``, ``post``, ``put`` and ``delete`` give the answer as it came, whatever its status, once it is not to be tried
    again; only a 401, a 429 that outlasted its retries and a redirect are raised. All other verbs raise an error for every
    status outside 2xx.

    Attributes:
        default_from: The e-mail address that writing requests are made as, unless they say otherwise with ``From``.
    """

    default_from: str | None = None

    async def _send(
        self,
        read: Callable[[Response], Any],
        method: str,
        target: Target,
        params: Params | None = None,
        json: object = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | Timeout | None = None,
        retry: RetryPolicy | None = None,
    ) -> Any:
        path, given = located(target, self._session.settings.base_url)
        query: dict[str, Any] = {}
        for name, value in given:
            query.setdefault(name, []).append(value)
        more = {name.lower(): value for name, value in (headers or {}).items()}
        if self.default_from is not None and method != "GET":
            more.setdefault("from", self.default_from)
        more.setdefault("accept", ACCEPT)
        call = raw_call(method, path, query | query_of(params), json, more, timeout, retry)
        return await self._session.call(call, read)

    async def _answer(self, method: str, target: Target, options: Mapping[str, Any]) -> Response:
        try:
            answer: Response = await self._send(as_it_is, method, target, **options)
            return answer
        except (AuthenticationError, RateLimitedError, UnexpectedRedirectError):
            raise
        except APIError as error:
            return Response(status=error.status, headers=Headers(error.headers.items()), body=error.body)

    async def _body(self, method: str, target: Target, options: Mapping[str, Any]) -> Any:
        return await self._send(_parsed, method, target, **options)

    async def _entity(self, method: str, target: Target, options: Mapping[str, Any]) -> Any:
        path, _ = located(target, self._session.settings.base_url)
        outer, inner = wrapping(method, path)
        if "json" in options:
            options = {**options, "json": wrapped(options["json"], outer)}
        return await self._send(partial(_unwrapped, inner), method, target, **options)

    @both
    async def get(self, target: Target, **options: Unpack[Reading]) -> Response:
        """GET, and the answer as it came."""
        return await self._answer("GET", target, options)

    @both
    async def post(self, target: Target, **options: Unpack[Writing]) -> Response:
        """POST, and the answer as it came."""
        return await self._answer("POST", target, options)

    @both
    async def put(self, target: Target, **options: Unpack[Writing]) -> Response:
        """PUT, and the answer as it came."""
        return await self._answer("PUT", target, options)

    @both
    async def delete(self, target: Target, **options: Unpack[Reading]) -> Response:
        """DELETE, and the answer as it came."""
        return await self._answer("DELETE", target, options)

    @both
    async def jget(self, target: Target, **options: Unpack[Reading]) -> Any:
        """GET, and the body that came, decoded."""
        return await self._body("GET", target, options)

    @both
    async def jpost(self, target: Target, **options: Unpack[Writing]) -> Any:
        """POST, and the body that came, decoded."""
        return await self._body("POST", target, options)

    @both
    async def jput(self, target: Target, **options: Unpack[Writing]) -> Any:
        """PUT, and the body that came, decoded."""
        return await self._body("PUT", target, options)

    @both
    async def jdelete(self, target: Target, **options: Unpack[Reading]) -> Any:
        """DELETE, and the body that came, decoded; mostly None."""
        return await self._body("DELETE", target, options)

    @both
    async def rget(self, target: Target, **options: Unpack[Reading]) -> Any:
        """GET an object, or the rows of one page, out of the wrapper."""
        return await self._entity("GET", target, options)

    @both
    async def rpost(self, target: Target, **options: Unpack[Writing]) -> Any:
        """POST an object, put into its wrapper, and give what came out of its own."""
        return await self._entity("POST", target, options)

    @both
    async def rput(self, target: Target, **options: Unpack[Writing]) -> Any:
        """PUT an object, or several at once where the API takes a list, wrapped and unwrapped."""
        return await self._entity("PUT", target, options)

    @both
    async def rdelete(self, target: Target, **options: Unpack[Reading]) -> None:
        """DELETE an object; an error says that it could not be."""
        await self._send(as_it_is, "DELETE", target, **options)

    def _asked(
        self, target: Target, params: Params | None, size: int | None, *, total: bool = False, hook: Hook | None = None
    ) -> Asked:
        path, given = located(target, self._session.settings.base_url)
        query = query_of({**dict(given), **(params or {})})
        start_of(query)
        return Asked(path=path, wrapper=paged(path), params=query, size=page_size(query, size), total=total, hook=hook)

    async def _page(self, asked: Asked, query: dict[str, Any]) -> Any:
        return await self._body("GET", asked.path, {"params": query})

    def _rows(self, asked: Asked) -> Rows[Mode]:
        return Rows(self._session.mode, self._fetcher(asked), asked)

    def _fetcher(self, asked: Asked) -> Fetch:
        async def fetch(query: dict[str, Any]) -> Any:
            return await self._page(asked, query)

        return fetch

    async def _all(self, asked: Asked) -> list[Json]:
        walk, found = Walk(self._fetcher(asked), asked), cast("list[Json]", [])
        while (rows := await walk.next()) is not None:
            found += rows
        return found

    def iter_all(
        self,
        target: Target,
        *,
        params: Params | None = None,
        page_size: int | None = None,
        item_hook: Hook | None = None,
        total: bool = False,
    ) -> Rows[Mode]:
        """Every row of a list, by whichever kind of paging it has.

        Classic pages reach 10,000 rows. Where there are more, a list that takes ``since`` and ``until`` and was given
        ``since`` is asked for range by range; where that cannot be, the first 10,000 come and then a ``PaginationError``.

        Args:
            target: The list.
            params: Query values.
            page_size: Rows a page, 1 to 100.
            item_hook: Called for each row with the row, its number from 1, and how many there are, or None.
            total: Ask how many there are.

        Raises:
            UrlError: It is no list, or one that comes whole; nothing was sent.
        """
        return self._rows(self._asked(target, params, page_size, total=total, hook=item_hook))

    def iter_cursor(
        self,
        target: Target,
        *,
        params: Params | None = None,
        page_size: int | None = None,
        item_hook: Hook | None = None,
    ) -> Rows[Mode]:
        """Every row of a list that is known to be gone through with a cursor.

        Args:
            target: The list.
            params: Query values.
            page_size: Rows a page, 1 to 100.
            item_hook: Called for each row with the row, its number from 1, and None.

        Raises:
            UrlError: It is no list of that kind; nothing was sent.
        """
        asked = self._asked(target, params, page_size, hook=item_hook)
        if not CURSORS.fullmatch(template(asked.path)):
            message = f"{asked.path} has no cursor"
            raise UrlError(message, hint="Use iter_all, which knows both kinds of paging")
        return self._rows(asked)

    @both
    async def list_all(
        self,
        target: Target,
        *,
        params: Params | None = None,
        page_size: int | None = None,
        item_hook: Hook | None = None,
        total: bool = False,
    ) -> list[Json]:
        """Every row of a list, at once; see :meth:`iter_all`."""
        return await self._all(self._asked(target, params, page_size, total=total, hook=item_hook))

    @both
    async def dict_all(
        self,
        target: Target,
        *,
        by: str = "id",
        params: Params | None = None,
        page_size: int | None = None,
        item_hook: Hook | None = None,
        total: bool = False,
    ) -> dict[Any, Json]:
        """Every row of a list by one of its attributes; of several that are alike there, the last.

        Raises:
            KeyError: A row has no such attribute.
        """
        rows = await self._all(self._asked(target, params, page_size, total=total, hook=item_hook))
        return {row[by]: row for row in rows}

    async def _found(self, target: Target, query: object, attribute: str, params: Params | None) -> Json | None:
        asked = self._asked(target, {**(params or {}), "query": str(query)}, None)
        walk = Walk(self._fetcher(asked), asked)
        while (rows := await walk.next()) is not None:
            for row in rows:
                if str(row.get(attribute)).casefold() == str(query).casefold():
                    return row
        return None

    @both
    async def find(
        self, target: Target, query: str, *, attribute: str = "name", params: Params | None = None
    ) -> Json | None:
        """The first row of a list whose attribute is just ``query``, whatever its case; None when there is none.

        Args:
            target: The list; one that takes ``query`` makes this quick.
            query: What to look for.
            attribute: The attribute that has to equal it.
            params: More query values.
        """
        return await self._found(target, query, attribute, params)

    @both
    async def get_total(self, target: Target, *, params: Params | None = None) -> int:
        """How many rows a list has, by one request.

        Raises:
            UrlError: It is no list, or one that does not count its rows; nothing was sent.
            InvalidResponseError: The answer does not say.
        """
        asked = self._asked(target, params, None)
        if CURSORS.fullmatch(template(asked.path)):
            message = f"{asked.path} does not count its rows"
            raise UrlError(message)
        body = await self._page(asked, asked.params | {"total": True, "limit": 1, "offset": 0})
        total: object = cast("Json", body).get("total") if isinstance(body, dict) else None
        if not isinstance(total, int):
            message = f"the answer of {asked.path} does not say how many rows there are"
            raise InvalidResponseError(message, status=200)
        return total

    @both
    async def persist(self, target: Target, attribute: str, values: Mapping[str, Any], *, update: bool = False) -> Json:
        """The object whose attribute is that of ``values``, made when it is not there.

        Args:
            target: The list in which it is to be.
            attribute: The attribute that tells it from all others, such as ``email``.
            values: What it is to have.
            update: Change it when it is there and differs.

        Returns:
            The object as it is now.

        Raises:
            InvalidArgumentError: ``values`` has no such attribute; nothing was sent.
        """
        if attribute not in values:
            message = f"persist(): values has no {attribute!r}, by which the object is told from others"
            raise InvalidArgumentError(message)
        there = await self._found(target, values[attribute], attribute, None)
        if there is None:
            made: Json = await self._entity("POST", target, {"json": dict(values)})
            return made
        wanted = {**there, **values}
        return await self._entity("PUT", there, {"json": wanted}) if update and wanted != there else there

    def iter_incident_notes(
        self,
        incident_id: str | None = None,
        *,
        params: Params | None = None,
        page_size: int | None = None,
        item_hook: Hook | None = None,
    ) -> Rows[Mode]:
        """The notes of all incidents, or of one, as log entries of the type ``annotate_log_entry``.

        Args:
            incident_id: The incident; left out, all of them.
            params: Query values: ``since``, ``until``, ``team_ids``.
            page_size: Log entries a page, of which notes are some.
            item_hook: Called for each note with the note, its number from 1, and None.

        Raises:
            InvalidArgumentError: Teams are given for one incident, which they say nothing about.
        """
        if incident_id is not None and any(name in (params or {}) for name in ("team_ids", "team_ids[]")):
            raise InvalidArgumentError("team_ids says nothing about one incident: leave it out")
        target = "log_entries" if incident_id is None else f"incidents/{checked_id(incident_id)}/log_entries"
        asked = self._asked(target, params, page_size, hook=item_hook)
        return self._rows(msgspec.structs.replace(asked, keep=_is_note))


def _is_note(row: Json) -> bool:
    return row.get("type") == "annotate_log_entry"
