"""Write the committed snapshots anew: ``python -m sandbox.postgres.make_snapshots`` (``make snapshot``)."""

import os
import sys
import time
from pathlib import Path

import django

from sandbox.postgres import schema
from sandbox.postgres.databases import create_database, drop_database
from sandbox.postgres.fingerprint import full_fingerprint, packages_fingerprint
from sandbox.postgres.server import SUPERUSER, Server
from sandbox.postgres.shared import shared_server
from sandbox.postgres.snapshots import read_snapshot, restore_snapshot, write_snapshot

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    """Migrate an empty database, dumping it once with the packages alone and once complete."""
    with shared_server(ROOT / ".local" / "test-postgres") as server:
        name = f"unfinished_snapshot_{os.getpid()}"
        create_database(server.url(SUPERUSER), name)
        try:
            _set_up_django(server, name)
            _snapshot_packages(server.url(name))
            _snapshot_project(server.url(name))
        finally:
            drop_database(server.url(SUPERUSER), name)


def _set_up_django(server: Server, name: str) -> None:
    os.environ["DATABASE_URL"] = server.url(name)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    sys.path.insert(0, str(ROOT / "site"))
    django.setup()


def _snapshot_packages(url: str) -> None:
    path = schema.committed_path("packages")
    current = read_snapshot(path)
    if current is not None and current.fingerprint == packages_fingerprint():
        _say("the packages' migrations are as they were; starting from their snapshot")
        return restore_snapshot(url, current)
    _say("migrating the installed packages, which takes two to three minutes")
    schema.migrate_packages()
    return write_snapshot(url, path, packages_fingerprint())


def _snapshot_project(url: str) -> None:
    schema.run_migrations(schema.count_missing_migrations(), say=_say)
    write_snapshot(url, schema.committed_path("project"), full_fingerprint())
    _say("sandbox/postgres/snapshots is up to date")


def _say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)


if __name__ == "__main__":
    main()
