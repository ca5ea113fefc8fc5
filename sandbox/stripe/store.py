"""Keeps every object, event and delivery in one SQLite file that survives a killed process."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Obj = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,
    customer TEXT, parent TEXT, created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, seq);
CREATE INDEX IF NOT EXISTS objects_by_customer ON objects (kind, customer, seq);
CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (kind, parent, seq);
CREATE TABLE IF NOT EXISTS timers (
    object_id TEXT NOT NULL, action TEXT NOT NULL, at INTEGER NOT NULL, clock TEXT NOT NULL,
    seq INTEGER NOT NULL, PRIMARY KEY (object_id, action));
CREATE INDEX IF NOT EXISTS timers_by_time ON timers (clock, at, seq);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL,
    request_id TEXT NOT NULL, created INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL, endpoint_id TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0,
    last_status INTEGER, last_error TEXT);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, next_at);
CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event_id);
CREATE TABLE IF NOT EXISTS attempts (
    delivery INTEGER NOT NULL, at INTEGER NOT NULL, status INTEGER, error TEXT);
CREATE INDEX IF NOT EXISTS attempts_by_delivery ON attempts (delivery);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


def _parent_of(obj: Obj) -> str | None:
    subscription = obj.get("subscription")
    if isinstance(subscription, str):
        return subscription
    parent = obj.get("parent")
    if isinstance(parent, dict) and parent.get("subscription_details"):
        return str(parent["subscription_details"]["subscription"])
    for field in ("invoice", "payment_intent", "product"):
        if isinstance(obj.get(field), str):
            return str(obj[field])
    return None


class Store:
    """One connection, one lock: every request is a transaction and sees a world that stands still."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        self._db = sqlite3.connect(str(path or ":memory:"), check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; nested use joins the outer transaction."""
        with self._lock:
            if self._depth:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            else:
                self._db.execute("COMMIT")
            finally:
                self._depth = 0

    @contextmanager
    def discarded(self) -> Iterator[None]:
        """Try something out inside a transaction: whatever it stores is gone afterwards."""
        self._db.execute("SAVEPOINT trial")
        try:
            yield
        finally:
            self._db.execute("ROLLBACK TO trial")
            self._db.execute("RELEASE trial")

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement and fetch what it answers."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def put(self, obj: Obj) -> None:
        """Store an object under its id, new or changed."""
        customer = obj.get("customer")
        self.query(
            "INSERT INTO objects (id, kind, customer, parent, created, body) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET customer=excluded.customer, parent=excluded.parent, "
            "body=excluded.body",
            obj["id"],
            obj["object"],
            customer if isinstance(customer, str) else None,
            _parent_of(obj),
            obj.get("created") or obj.get("date") or 0,
            json.dumps(obj),
        )

    def get(self, object_id: str) -> Obj | None:
        """A copy of the object, or None."""
        rows = self.query("SELECT body FROM objects WHERE id = ?", object_id)
        return json.loads(rows[0][0]) if rows else None

    def delete(self, object_id: str) -> None:
        """Forget an object and everything planned for it."""
        self.query("DELETE FROM objects WHERE id = ?", object_id)
        self.query("DELETE FROM timers WHERE object_id = ?", object_id)

    def find(self, kind: str, *, newest_first: bool = False, **where: Any) -> list[Obj]:
        """Every object of a kind whose fields equal `where`, oldest first."""
        conditions, values = _conditions(where)
        order = "DESC" if newest_first else "ASC"
        sql = f"SELECT body FROM objects WHERE kind = ?{conditions} ORDER BY seq {order}"  # noqa: S608
        return [json.loads(row[0]) for row in self.query(sql, kind, *values)]

    def page(self, kind: str, where: dict[str, Any], extra: str, values: list[Any], tail: str) -> list[Obj]:
        """A slice of a list: `extra` and `tail` are SQL made by the paging module only."""
        conditions, own = _conditions(where)
        sql = f"SELECT body FROM objects WHERE kind = ?{conditions}{extra} {tail}"  # noqa: S608
        return [json.loads(row[0]) for row in self.query(sql, kind, *own, *values)]

    def setting(self, name: str) -> str | None:
        """A remembered setting, such as how far the clock was moved."""
        rows = self.query("SELECT value FROM settings WHERE name = ?", name)
        return rows[0][0] if rows else None

    def remember(self, name: str, value: str) -> None:
        """Keep a setting across restarts."""
        self.query(
            "INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value=excluded.value",
            name,
            value,
        )


def _conditions(where: dict[str, Any]) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for field, value in where.items():
        column = field if field in ("customer", "parent") else f"json_extract(body, '$.{field}')"
        if isinstance(value, list | tuple):
            parts.append(f" AND {column} IN ({', '.join('?' * len(value))})")
            values.extend(value)
        else:
            parts.append(f" AND {column} IS ?")
            values.append(int(value) if isinstance(value, bool) else value)
    return "".join(parts), values
