"""The caught mails, kept in one SQLite file so that they survive a restart."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

KEPT = 1000  # mails; the oldest go first
SHOWN = 100  # mails

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mail (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    raw BLOB NOT NULL
)
"""


@dataclass(frozen=True)
class StoredMail:
    """One caught mail: its envelope, its subject, and every byte that came over the wire."""

    id: int
    received_at: datetime
    sender: str
    recipients: list[str]
    subject: str
    raw: bytes


class MailStore:
    """Adds, finds and deletes mails; any number of threads may use it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        with self._connection() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(_SCHEMA)

    def add(self, *, sender: str, recipients: list[str], subject: str, raw: bytes) -> int:
        """Keep one mail and return its number."""
        row = (datetime.now(UTC).isoformat(), sender, json.dumps(recipients), subject, raw)
        with self._connection() as connection:
            added = connection.execute(
                "INSERT INTO mail (received_at, sender, recipients, subject, raw) VALUES (?, ?, ?, ?, ?)", row
            )
            connection.execute("DELETE FROM mail WHERE id <= ?", ((added.lastrowid or 0) - KEPT,))
        return added.lastrowid or 0

    def search(self, recipient: str = "") -> list[StoredMail]:
        """The mails whose recipients contain ``recipient``, newest first, at most ``SHOWN``."""
        wanted = recipient.strip().lower()
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT * FROM mail WHERE instr(lower(recipients), ?) > 0 ORDER BY id DESC LIMIT ?",
                (wanted, SHOWN),
            ).fetchall()
        return [_mail(row) for row in rows]

    def newest_number(self) -> int:
        """The number of the newest mail; 0 when there is none."""
        with self._connection() as connection:
            (number,) = connection.execute("SELECT coalesce(max(id), 0) FROM mail").fetchone()
        return int(number)

    def get(self, number: int) -> StoredMail | None:
        """One mail; None when it was deleted or never came."""
        with self._connection() as connection:
            row = connection.execute("SELECT * FROM mail WHERE id = ?", (number,)).fetchone()
        return _mail(row) if row else None

    def delete_all(self) -> None:
        """Forget every mail."""
        with self._connection() as connection:
            connection.execute("DELETE FROM mail")

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=10)
        connection.row_factory = sqlite3.Row
        try:
            with connection:
                yield connection
        finally:
            connection.close()


def _mail(row: sqlite3.Row) -> StoredMail:
    return StoredMail(
        id=row["id"],
        received_at=datetime.fromisoformat(row["received_at"]),
        sender=row["sender"],
        recipients=json.loads(row["recipients"]),
        subject=row["subject"],
        raw=row["raw"],
    )
