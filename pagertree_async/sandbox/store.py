"""Objects as JSON in SQLite, a table for each kind."""

# Names of tables come from the code alone, and every value is bound.
# ruff: noqa: S608

from __future__ import annotations

import contextlib
import sqlite3
import threading
from array import array
from collections import OrderedDict
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from pagertree_async.sandbox.orders import Along, Order

Object = dict[str, Any]

_KEPT_ANSWERS = 32
_KEPT_ORDERS = 16

# Beyond so many rows at a time, an order is made anew when it is asked for next.
_FEW = 100

# A table or view, a condition and its values, and the attribute that rows are ordered by.
_Ordered = tuple[str, str, tuple[str | int | float, ...], str]

# "PTsb", by which a file says whose it is.
_APPLICATION = 0x50547362


@dataclass(frozen=True, slots=True)
class Table:
    """Where the objects of one kind are kept.

    Args:
        name: The table's name.
        lookups: Attributes by which single objects are looked up often; each gets an index.
        views: Names of parts of the table, each with the JSON path of the flag that marks its rows.
        created: The attribute that says when an object was made.
    """

    name: str
    lookups: tuple[str, ...] = ()
    views: tuple[tuple[str, str], ...] = ()
    created: str = "createdAt"


@dataclass(frozen=True, slots=True)
class Question:
    """Which rows of a table, in which order.

    Args:
        where: An SQL condition over `body`, or an empty text for all rows.
        order: SQL terms to order by before the order of creation, or an empty text.
        values: What the placeholders of both stand for, in their order.
        along: The same as a range in the order of a moment, where it is one: this is answered at once.
    """

    where: str = ""
    order: str = ""
    values: tuple[str | int | float, ...] = ()
    along: Along | None = None


class Store:
    """A SQLite database of JSON objects that several threads may use.

    Args:
        path: The database file, or `:memory:`.
        tables: The tables to keep.
    """

    def __init__(self, path: str, tables: Iterable[Table]) -> None:
        self._tables = {table.name: table for table in tables}
        self._homes = {name: name for name in self._tables}
        self._lock = threading.RLock()
        self._depth = 0
        self._versions = dict.fromkeys(self._tables, 0)
        self._orders: OrderedDict[_Ordered, tuple[tuple[int, int], Order]] = OrderedDict()
        self._answers: OrderedDict[tuple[str, Question], tuple[tuple[int, int], array[int]]] = OrderedDict()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=512)
        try:
            self._prepare(path)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, path: str) -> None:
        kind, used = self._connection.execute(
            "SELECT * FROM pragma_application_id, (SELECT count(*) FROM sqlite_master)"
        ).fetchone()
        if used and kind != _APPLICATION:
            message = f"{path} is a database of something else"
            raise sqlite3.DatabaseError(message)
        if path != ":memory:":
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        # SQLite's own lower() knows ASCII only.
        self._connection.create_function("folded", 1, _folded, deterministic=True)
        with self.transaction():
            self._connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            self._connection.execute("CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
            for table in self._tables.values():
                name = table.name
                # AUTOINCREMENT: a number that a deleted object had is never given again.
                self._connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {name} (seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, "
                    "created_at TEXT NOT NULL, body TEXT NOT NULL)"
                )
                for attribute in table.lookups:
                    self._connection.execute(
                        f"CREATE INDEX IF NOT EXISTS {name}_by_{attribute} ON {name} (json_extract(body, '$.{attribute}'))"
                    )
                for view, flag in table.views:
                    condition = f"json_extract(body, '{flag}') = 1"
                    self._connection.execute(
                        f"CREATE INDEX IF NOT EXISTS {name}_only_{view} ON {name} (seq) WHERE {condition}"
                    )
                    self._connection.execute(
                        f"CREATE VIEW IF NOT EXISTS {view} AS SELECT seq, id, created_at, body FROM {name} WHERE {condition}"
                    )
                    self._homes[view] = name

    def close(self) -> None:
        """Close the database; closing it again changes nothing."""
        with self._lock:
            self._connection.close()

    @contextlib.contextmanager
    def transaction(self) -> Generator[None]:
        """Everything within happens, or nothing; other threads wait; may be nested."""
        with self._lock:
            if self._depth:
                yield
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                # What was worked out from the rows taken back must not outlive them.
                self._answers.clear()
                self._orders.clear()
                raise
            else:
                self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def setting(self, name: str) -> str | None:
        """A value kept beside the objects, or None.

        Args:
            name: Its name.
        """
        with self._lock:
            row = self._connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def set(self, name: str, value: str) -> None:
        """Keep a value beside the objects.

        Args:
            name: Its name.
            value: The value.
        """
        with self.transaction():
            self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def next_number(self, table: str) -> int:
        """The number that the next object of a table gets, from 1.

        Args:
            table: The name of a table or a view.
        """
        with self._lock:
            row = self._connection.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = ?", (self._homes[table],)
            ).fetchone()
        return 1 if row is None else row[0] + 1

    def insert(self, table: str, rows: Iterable[tuple[int, Object]]) -> None:
        """Add objects.

        Args:
            table: The name of a table or a view.
            rows: Each object with its number; it has at least `id` and when it was made.
        """
        encode = msgspec.json.Encoder().encode
        home = self._homes[table]
        created = self._tables[home].created
        first: list[tuple[int, Object]] = []

        def values() -> Generator[tuple[int, str, str, bytes]]:
            for number, item in rows:
                if len(first) <= _FEW:
                    first.append((number, item))
                yield number, item["id"], item[created], encode(item)

        with self.transaction():
            self._connection.executemany(
                f"INSERT INTO {home} (seq, id, created_at, body) VALUES (?, ?, ?, CAST(? AS TEXT))", values()
            )
            orders = self._orders_of(home) if len(first) <= _FEW else []
            for attribute, order in orders:
                for number, item in first:
                    order.add(item.get(attribute), number)
            self._changed(home, orders)

    def replace(self, table: str, item: Object) -> None:
        """Put an object in the place of the one with the same id.

        Args:
            table: The name of a table or a view.
            item: The object as it is to be.
        """
        home = self._homes[table]
        with self.transaction():
            orders = self._taken_out(home, item["id"])
            self._connection.execute(
                f"UPDATE {home} SET body = CAST(? AS TEXT) WHERE id = ?", (msgspec.json.encode(item), item["id"])
            )
            for attribute, order, number in orders:
                order.add(item.get(attribute), number)
            self._changed(home, [(attribute, order) for attribute, order, _ in orders])

    def delete(self, table: str, item_id: str) -> None:
        """Remove an object, if it is there.

        Args:
            table: The name of a table or a view.
            item_id: Its id.
        """
        home = self._homes[table]
        with self.transaction():
            orders = self._taken_out(home, item_id)
            self._connection.execute(f"DELETE FROM {home} WHERE id = ?", (item_id,))
            self._changed(home, [(attribute, order) for attribute, order, _ in orders])

    def _orders_of(self, home: str) -> list[tuple[str, Order]]:
        """The orders of all rows of a table that are up to date, each with its attribute."""
        version = self._version(home)
        return [
            (attribute, order)
            for (table, where, _, attribute), (made, order) in self._orders.items()
            if table == home and not where and made == version
        ]

    def _taken_out(self, home: str, item_id: str) -> list[tuple[str, Order, int]]:
        """Take a row out of the orders of its table; they are given, with its number."""
        orders = self._orders_of(home)
        row = self._connection.execute(f"SELECT seq, body FROM {home} WHERE id = ?", (item_id,)).fetchone()
        if row is None:
            return []
        item = msgspec.json.decode(row[1], type=Object) if orders else {}
        for attribute, order in orders:
            order.remove(item.get(attribute), row[0])
        return [(attribute, order, row[0]) for attribute, order in orders]

    def _changed(self, home: str, orders: Iterable[tuple[str, Order]]) -> None:
        """Take in that a table changed, and that some orders of it have been kept up to date."""
        self._versions[home] += 1
        for attribute, order in orders:
            self._orders[home, "", (), attribute] = (self._version(home), order)

    def _version(self, home: str) -> tuple[int, int]:
        # data_version changes when another connection has written to the same file.
        changed = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return changed, self._versions[home]

    def raw(self, table: str, item_id: str) -> bytes | None:
        """An object as its JSON text, or None.

        Args:
            table: The name of a table or a view.
            item_id: The object's id.
        """
        with self._lock:
            row = self._connection.execute(
                f"SELECT CAST(body AS BLOB) FROM {table} WHERE id = ?", (item_id,)
            ).fetchone()
        return None if row is None else row[0]

    def get(self, table: str, item_id: str) -> Object | None:
        """An object, or None.

        Args:
            table: The name of a table or a view.
            item_id: The object's id.
        """
        text = self.raw(table, item_id)
        return None if text is None else msgspec.json.decode(text, type=Object)

    def has(self, table: str, item_id: str) -> bool:
        """Whether there is such an object.

        Args:
            table: The name of a table or a view.
            item_id: The object's id.
        """
        with self._lock:
            return self._connection.execute(f"SELECT 1 FROM {table} WHERE id = ?", (item_id,)).fetchone() is not None

    def taken(self, table: str, item_id: str) -> bool:
        """Whether an id can no longer be given: for a view, because the table behind it has it.

        Args:
            table: The name of a table or a view.
            item_id: The id.
        """
        return self.has(self._homes[table], item_id)

    def find(self, table: str, attribute: str, value: str) -> list[Object]:
        """The objects whose attribute is a text, in the order of creation.

        Args:
            table: The name of a table or a view.
            attribute: The attribute, at the top of the object.
            value: The text it is to be.
        """
        # The path stands in the statement, not beside it: only so does SQLite see that an index fits.
        with self._lock:
            rows = self._connection.execute(
                f"SELECT CAST(body AS BLOB) FROM {table} WHERE json_extract(body, '$.{attribute}') = ? ORDER BY seq",
                (value,),
            ).fetchall()
        return [msgspec.json.decode(row[0], type=Object) for row in rows]

    def any(self, table: str, part: float) -> Object | None:
        """An object of a table, or None when there is none.

        Args:
            table: The name of a table or a view.
            part: Which: 0 for the oldest, up to 1 for the newest.
        """
        with self._lock:
            # Both in one go would have SQLite look at every row.
            low, high = self._connection.execute(
                f"SELECT (SELECT min(seq) FROM {table}), (SELECT max(seq) FROM {table})"
            ).fetchone()
            if low is None:
                return None
            row = self._connection.execute(
                f"SELECT CAST(body AS BLOB) FROM {table} WHERE seq >= ? ORDER BY seq LIMIT 1",
                (low + int((high - low) * part),),
            ).fetchone()
        return msgspec.json.decode(row[0], type=Object)

    def all(self, table: str) -> list[Object]:
        """Every object of a table, in the order of creation.

        Args:
            table: The name of a table or a view.
        """
        with self._lock:
            rows = self._connection.execute(f"SELECT CAST(body AS BLOB) FROM {table} ORDER BY seq").fetchall()
        return [msgspec.json.decode(row[0], type=Object) for row in rows]

    def count(self, table: str) -> int:
        """How many objects a table has.

        Args:
            table: The name of a table or a view.

        Raises:
            KeyError: There is no such table.
        """
        self._homes[table]
        with self._lock:
            count: int = self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        return count

    def page(self, table: str, question: Question, offset: int, limit: int) -> tuple[list[bytes], int]:
        """Some of the rows that answer a question.

        Args:
            table: The name of a table or a view.
            question: Which rows, in which order.
            offset: How many to leave out at the start.
            limit: How many to give at most.

        Returns:
            The JSON text of each object, and how many rows answer the question in all.
        """
        with self._lock:
            if question.along is not None:
                wanted, total = self._order(table, question.along).page(question.along, offset, limit)
            else:
                numbers = self._numbers(table, question)
                wanted, total = numbers[offset : offset + limit].tolist(), len(numbers)
            marks = ",".join("?" * len(wanted))
            found: dict[int, bytes] = dict(
                self._connection.execute(
                    f"SELECT seq, CAST(body AS BLOB) FROM {self._homes[table]} WHERE seq IN ({marks})", wanted
                )
            )
        return [found[number] for number in wanted], total

    def _order(self, table: str, along: Along) -> Order:
        """The rows that an order goes through, kept until they change; of a whole table, kept up to date."""
        version = self._version(self._homes[table])
        key = (table, along.where, along.values, along.attribute)
        kept = self._orders.get(key)
        if kept is not None and kept[0] == version:
            self._orders.move_to_end(key)
            return kept[1]
        moment, ordered = "NULL", "seq"
        if along.attribute == self._tables[self._homes[table]].created:
            moment, ordered = "created_at", "created_at, seq"
        elif along.attribute:
            moment, ordered = f"json_extract(body, '$.\"{along.attribute}\"')", "1, seq"
        where = f"WHERE {along.where}" if along.where else ""
        rows: Iterable[tuple[str | None, int]] = self._connection.execute(
            f"SELECT {moment}, seq FROM {table} {where} ORDER BY {ordered}", along.values
        )
        order = Order(rows)
        self._orders[key] = (version, order)
        self._orders.move_to_end(key)
        if len(self._orders) > _KEPT_ORDERS:
            self._orders.popitem(last=False)
        return order

    def _numbers(self, table: str, question: Question) -> array[int]:
        """The numbers of all rows that answer a question, kept until the table changes.

        A list is read page by page: filtering and sorting 100,000 rows again for each page would cost a thousandfold.
        """
        version = self._version(self._homes[table])
        key = (table, question)
        kept = self._answers.get(key)
        if kept is not None and kept[0] == version:
            self._answers.move_to_end(key)
            return kept[1]
        where = f"WHERE {question.where}" if question.where else ""
        order = f"{question.order}, seq" if question.order else "seq"
        rows: Sequence[tuple[int]] = self._connection.execute(
            f"SELECT seq FROM {table} {where} ORDER BY {order}", question.values
        ).fetchall()
        numbers = array("q", [row[0] for row in rows])
        self._answers[key] = (version, numbers)
        self._answers.move_to_end(key)
        if len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return numbers


def _folded(value: object) -> str:
    return "" if value is None else str(value).casefold()
