"""What a server does to a request, by the names that the list of faults uses."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pagertree_async.http import MAX_BODY
from tests.faults.secrets import OBTAINED
from tests.rawserver import (
    Behaviour,
    Connection,
    RawRequest,
    drip,
    gzip_bomb,
    hang,
    hang_after,
    head,
    many_headers,
    raw,
    reset,
    reset_after,
    whole,
)

REQUEST_ID = "req-7f3a"
JSON = ("content-type", "application/json")
NAMED = ("x-request-id", REQUEST_ID)
ALERT = {"id": "alt_1", "title": "disk full", "status": "open"}
BODY = json.dumps(ALERT).encode()
OTHER = json.dumps({**ALERT, "id": "alt_2", "title": "another's"}).encode()
HTML = b"<!doctype html><html><head><title>Blocked by the firewall</title></head><body>no</body></html>"


def says(status: int, body: bytes = b'{"message": "so it is"}', *headers: tuple[str, str]) -> Behaviour:
    """An answer, with the server's name for the request."""
    return raw(whole(status, body, JSON, NAMED, *headers))


def found(request: RawRequest) -> bytes:
    """The whole answer to a request, as a server gives it that has one alert."""
    path = urlsplit(request.target).path
    if path.endswith("/login"):
        return whole(200, json.dumps({"token": OBTAINED}).encode(), JSON, NAMED)
    if request.method == "DELETE":
        return whole(204, b"", NAMED)
    if path.endswith("/alert") and request.method == "GET":
        page = {"data": [ALERT], "has_more": False, "total_count": 1}
        return whole(200, json.dumps(page).encode(), JSON, NAMED)
    return whole(200, BODY, JSON, NAMED)


def fine(connection: Connection, request: RawRequest) -> None:
    """Answer as one should."""
    connection.send(found(request))


def reset_in_body(connection: Connection, request: RawRequest) -> bool:
    """Begin the answer, and reset the connection."""
    return bool(reset_after(head(200, ("content-length", "100"), NAMED) + b'{"id"')(connection, request))


def one_too_many(connection: Connection, request: RawRequest) -> None:
    """Answer as one should, and once more, as if something else had been asked."""
    connection.send(found(request) + whole(200, OTHER, JSON))


def one_too_many_later(connection: Connection, request: RawRequest) -> None:
    """The same, the other answer a moment later."""
    connection.send(found(request))
    time.sleep(0.03)
    connection.send(whole(200, OTHER, JSON))


def fine_and_close(connection: Connection, request: RawRequest) -> bool:
    """Answer as one should, and close the connection without a word."""
    connection.send(found(request))
    return False


def repeats(status: int) -> Behaviour:
    """Answer with what was sent: in the headers, in the address of a redirect, and in the body."""

    def behave(connection: Connection, request: RawRequest) -> None:
        sent = " ".join(value for _, value in request.headers)
        body = json.dumps({"message": f"{sent} {request.body.decode()}"}).encode()
        location = f"http://elsewhere.test/{sent.replace(' ', '/')}"
        headers = [("x-echo", sent), ("x-request-id", sent), ("location", location), ("date", sent), JSON]
        connection.send(whole(status, body, *headers))

    return behave


def redirects(to: str) -> Behaviour:
    """Answer with a redirect."""
    return raw(whole(302, b"", NAMED, *([("location", to)] if to else [])))


def throttles(*headers: tuple[str, str]) -> Behaviour:
    """Answer that there were too many requests."""
    return says(429, b'{"message": "too many requests"}', *headers)


def asked(request: RawRequest) -> tuple[int, int]:
    """Which rows of a list are asked for: how many, and from where."""
    query = {name: int(values[-1]) for name, values in parse_qs(urlsplit(request.target).query).items()}
    return query.get("limit", 10), query.get("offset", 0)


def page(ids: list[int], *, more: bool, total: int | None) -> bytes:
    """A page of a list."""
    rows = [{"id": f"alt_{number}", "title": "one of many", "status": "open"} for number in ids]
    value: dict[str, Any] = {"data": rows, "has_more": more} | ({} if total is None else {"total_count": total})
    return whole(200, json.dumps(value).encode(), JSON, NAMED)


def lists(kind: str, total: int = 30) -> Behaviour:
    """Answer with a page of a list that misbehaves in some way; with any other request as one should."""
    calls = [0]

    def behave(connection: Connection, request: RawRequest) -> None:
        if not request.target.startswith("/alert?"):
            connection.send(found(request))
            return
        calls[0] += 1
        limit, offset = asked(request)
        rows = list(range(offset, min(offset + limit, total)))
        more = offset + limit < total
        if kind == "empty-pages":
            rows, more = rows if offset < 20 else [], True
        elif kind == "ends-short":
            rows, more = rows if offset < 20 else [], offset < 10
        elif kind == "denies-more":
            more = False
        elif kind == "promises-once":
            more = True if offset < total else False
        elif kind == "same-page":
            rows, more = list(range(limit)), True
        elif kind == "more-than-asked":
            rows = list(range(offset, min(offset + 2 * limit, total)))
            more = offset + 2 * limit < total
        elif kind == "duplicates":
            rows = [max(0, number - 1) for number in rows]
        elif kind in {"inserted", "deleted"} and calls[0] > 1:  # two of the first page, after it was read
            by = 2 if kind == "inserted" else -2
            rows = [number - by for number in range(offset, min(offset + limit, total + by))]
            connection.send(page(rows, more=offset + limit < total + by, total=total + by))
            return
        connection.send(page(rows, more=more, total=total))

    return behave


def bomb() -> Behaviour:
    """Answer with little that would become 128 MiB; made when it is first needed."""
    return raw(whole(200, gzip_bomb(128 * 2**20), ("content-encoding", "gzip"), JSON))


DATE = ("date", "Sun, 06 Nov 1994 08:49:37 GMT")
STATUSES = (400, 401, 403, 404, 408, 409, 413, 422, 500, 503, 504)
ODD = {
    **ALERT,
    "status": "transcended",
    "urgency": "unheard-of",
    "object": "hologram",
    "new_field": {"deep": [1, None, {"x": "ü"}]},
}

BEHAVIOURS: dict[str, Behaviour] = {
    "fine": fine,
    "reset": reset,
    "close": lambda connection, request: False,
    "reset in the head": reset_after(b"HTTP/1.1 200 OK\r\ncontent-le"),
    "reset in the body": reset_in_body,
    "body shorter than told": raw(head(200, JSON, ("content-length", "500"), NAMED) + BODY, close=True),
    "body longer than told": raw(head(200, JSON, ("content-length", "20"), NAMED) + BODY),
    "bad chunk size": raw(head(200, ("transfer-encoding", "chunked"), NAMED) + b"zz\r\n{}\r\n0\r\n\r\n"),
    "bad chunk end": raw(head(200, ("transfer-encoding", "chunked"), NAMED) + b"2\r\n{}{}\r\n0\r\n\r\n"),
    "no last chunk": raw(head(200, ("transfer-encoding", "chunked"), NAMED) + b"2\r\n{}\r\n", close=True),
    "bad gzip": raw(whole(200, b"\x1f\x8b\x08 not gzip at all", ("content-encoding", "gzip"), NAMED)),
    "not HTTP": raw(b"SSH-2.0-OpenSSH_9.6\r\n\r\n", close=True),
    "one answer too many": one_too_many,
    "one answer too many, later": one_too_many_later,
    "another's answer": says(200, OTHER),
    "fine and close": fine_and_close,
    "drips its head": drip(b"x-a: b\r\n" * 100, 0.03, first=b"HTTP/1.1 200 OK\r\n"),
    "drips its body": drip(b" " * 500, 0.03, first=head(200, ("content-length", "500"), NAMED)),
    "hang": hang,
    "hang in the body": hang_after(head(200, ("content-length", "500"), NAMED) + b'{"id"'),
    "10,000 headers": raw(many_headers()),
    "17 MiB told": hang_after(head(200, JSON, ("content-length", str(MAX_BODY + 1)))),
    "17 MiB untold": raw(head(200, JSON) + b"[" + bytes(MAX_BODY + 2**20), close=True),
    "gzip bomb": lambda connection, request: bomb()(connection, request),
    "not JSON": says(200, b'{"id": "alt_1", "title'),
    "empty": says(200, b""),
    "trailing": says(200, BODY + b" and more"),
    "UTF-16": says(200, BODY.decode().encode("utf-16")),
    "not UTF-8": says(200, b'{"id": "alt_1", "title": "\xff\xfe"}'),
    "100,000 deep": says(200, b'{"id": "alt_1", "meta": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "100,000 deep, unknown field": says(200, b'{"id": "alt_1", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "100,000 deep, a row": says(
        200, b'{"data": [{"id": "alt_1", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b'}], "has_more": false}'
    ),
    "array": says(200, b"[1, 2, 3]"),
    "wrong shape": says(200, b'{"id": {"not": "a text"}, "title": 5}'),
    "HTML 200": raw(whole(200, HTML, ("content-type", "text/html"))),
    "HTML 502": raw(whole(502, HTML, ("content-type", "text/html"))),
    "HTML 407": raw(whole(407, HTML, ("content-type", "text/html"))),
    "429": throttles(),
    "429, 1 s": throttles(("retry-after", "1")),
    "429, date": throttles(DATE, ("retry-after", "Sun, 06 Nov 1994 08:49:38 GMT")),
    "429, past": throttles(DATE, ("retry-after", "Sun, 06 Nov 1994 08:49:36 GMT")),
    "429, nan": throttles(("retry-after", "nan")),
    "429, 3600": throttles(("retry-after", "3600")),
    "429, junk": throttles(("retry-after", "1e3, in a \xfcbermorgen")),
    "unknown values": says(200, json.dumps(ODD).encode()),
    "acknowledged": says(200, json.dumps({**ALERT, "status": "acknowledged"}).encode()),
    "repeats, 200": repeats(200),
    "repeats, 302": repeats(302),
    "repeats, 400": repeats(400),
    "repeats, 401": repeats(401),
    "repeats, 429": repeats(429),
    "repeats, 503": repeats(503),
} | {str(status): says(status) for status in STATUSES}
