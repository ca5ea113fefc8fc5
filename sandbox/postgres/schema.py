"""Bring a database to the schema of the source tree the shortest way: a snapshot, then what is newer."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from sandbox.postgres.databases import is_empty
from sandbox.postgres.errors import PostgresError
from sandbox.postgres.fingerprint import (
    Fingerprint,
    digest,
    full_fingerprint,
    package_labels,
    packages_fingerprint,
)
from sandbox.postgres.snapshots import (
    COMMITTED,
    best_snapshot,
    read_snapshot,
    restore_snapshot,
    write_snapshot,
)

Say = Callable[[str], None]
CACHED_SNAPSHOTS = 3
SECONDS_BETWEEN_WORDS = 5


def prepare_schema(url: str, *, cache: Path, say: Say) -> None:
    """Migrate Django's default database, which ``url`` names; ``say`` hears of steps that take long.

    An empty database starts from the best snapshot, committed or in ``cache``. If migrations had to run
    on top of it, the result goes to ``cache``, so that the same wait is not met twice.
    """
    fresh = is_empty(url)
    wanted = full_fingerprint()
    if fresh:
        _restore_best(url, wanted, cache=cache, say=say)
    missing = count_missing_migrations()
    if missing:
        run_migrations(missing, say=say)
    if fresh and missing:
        write_snapshot(url, cache / f"{digest(wanted)}.sql.gz", wanted)
        _forget_oldest(cache)


def count_missing_migrations() -> int:
    """How many migrations of the source tree Django's default database lacks."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def run_migrations(total: int, *, say: Say) -> None:
    """Run every missing migration, saying now and then how far it is."""
    call_command(_TalkingMigrate(total, say), verbosity=0, interactive=False)


def migrate_packages() -> None:
    """Migrate the installed packages and what they stand on, leaving the rest of the project out."""
    for label in package_labels():
        call_command("migrate", label, verbosity=0, interactive=False)


def stale_snapshots() -> list[str]:
    """The names of committed snapshots that no longer are what the source tree asks for."""
    wanted = {"packages": packages_fingerprint(), "project": full_fingerprint()}
    return [name for name, fingerprint in wanted.items() if not _is_current(name, fingerprint)]


def committed_path(name: str) -> Path:
    """Where the snapshot ``name``, "packages" or "project", is kept under version control."""
    return COMMITTED / f"{name}.sql.gz"


class _TalkingMigrate(migrate.Command):
    """The migrate command, telling how many migrations are done."""

    def __init__(self, total: int, say: Say) -> None:
        super().__init__()
        self.total, self.say = total, say
        self.done, self.spoke = 0, time.monotonic()

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        """Count what was applied and say so every few seconds."""
        self.done += action == "apply_success"
        if time.monotonic() - self.spoke > SECONDS_BETWEEN_WORDS:
            self.spoke = time.monotonic()
            self.say(f"{self.done} of {self.total} migrations done")


def _restore_best(url: str, wanted: Fingerprint, *, cache: Path, say: Say) -> None:
    snapshot = best_snapshot(wanted, COMMITTED, cache)
    if snapshot is None:
        return say("no snapshot fits these migrations, so all of them run: two to three minutes")
    try:
        restore_snapshot(url, snapshot)
    except PostgresError as error:
        say(f"{error} All migrations run instead: two to three minutes.")


def _is_current(name: str, fingerprint: Fingerprint) -> bool:
    snapshot = read_snapshot(committed_path(name))
    return snapshot is not None and snapshot.fingerprint == fingerprint


def _forget_oldest(cache: Path) -> None:
    by_age = sorted(cache.glob("*.sql.gz"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-CACHED_SNAPSHOTS]:
        path.unlink(missing_ok=True)
