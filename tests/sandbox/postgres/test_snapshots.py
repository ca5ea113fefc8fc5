"""A snapshot is used only when every migration in it is still what it was, and the best one wins."""

import gzip
from pathlib import Path

import psycopg
import pytest

from sandbox.postgres import schema
from sandbox.postgres.databases import create_database, drop_database, with_database
from sandbox.postgres.errors import PostgresError
from sandbox.postgres.fingerprint import digest, full_fingerprint, is_project_app, packages_fingerprint
from sandbox.postgres.snapshots import (
    COMMITTED,
    HEADER,
    Snapshot,
    best_snapshot,
    read_snapshot,
    restore_snapshot,
    write_snapshot,
)

TREE = {"members.0001": "aa", "wagtailcore.0001": "bb", "billing.0001": "cc"}


def save(folder: Path, name: str, fingerprint: dict[str, str], sql: str = "") -> Path:
    path = folder / f"{name}.sql.gz"
    words = ", ".join(f'"{key}": "{value}"' for key, value in fingerprint.items())
    path.write_bytes(gzip.compress(f"{HEADER}{{{words}}}\n{sql}".encode()))
    return path


def test_the_snapshot_with_the_most_migrations_wins(tmp_path: Path) -> None:
    save(tmp_path, "packages", {"wagtailcore.0001": "bb"})
    fuller = save(tmp_path, "project", {"wagtailcore.0001": "bb", "members.0001": "aa"})

    assert best_snapshot(TREE, tmp_path) == read_snapshot(fuller)


@pytest.mark.parametrize(
    "fingerprint",
    [{"wagtailcore.0001": "changed"}, {"wagtailcore.0001": "bb", "billing.0002_removed": "dd"}],
    ids=["changed", "removed"],
)
def test_a_migration_changed_or_removed_since_disqualifies_it(
    tmp_path: Path, fingerprint: dict[str, str]
) -> None:
    save(tmp_path, "project", fingerprint)

    assert best_snapshot(TREE, tmp_path) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"not gzip", gzip.compress(b"SELECT 1", mtime=0), gzip.compress(b"-- migrations: {oops", mtime=0)],
    ids=["empty", "not-gzip", "no-header", "half-a-header"],
)
def test_a_damaged_file_is_no_snapshot(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.sql.gz").write_bytes(content)

    assert best_snapshot(TREE, tmp_path) is None


def test_the_digest_changes_with_any_migration() -> None:
    changed = {**TREE, "billing.0001": "dd"}

    assert digest(TREE) != digest(changed)
    assert digest(TREE) == digest(dict(reversed(TREE.items())))


def test_packages_stand_on_nothing_of_the_project_but_the_user_model() -> None:
    of_the_project = {name for name in packages_fingerprint() if is_project_app(name.split(".")[0])}

    assert {name.split(".")[0] for name in of_the_project} == {"members"}
    assert packages_fingerprint().items() < full_fingerprint().items()


def test_the_packages_snapshot_fits_the_pinned_packages() -> None:
    snapshot = read_snapshot(schema.committed_path("packages"))

    assert snapshot is not None
    assert snapshot.fits(full_fingerprint())


def test_a_dump_restores_to_the_same_tables(database_url: str, tmp_path: Path) -> None:
    write_snapshot(database_url, tmp_path / "now.sql.gz", full_fingerprint())
    copy = with_database(database_url, "test_copy_of_a_snapshot")
    drop_database(database_url, "test_copy_of_a_snapshot")
    create_database(database_url, "test_copy_of_a_snapshot")
    try:
        snapshot = best_snapshot(full_fingerprint(), tmp_path)
        assert snapshot is not None
        restore_snapshot(copy, snapshot)
        assert table_names(copy) == table_names(database_url)
    finally:
        drop_database(database_url, "test_copy_of_a_snapshot")


def test_a_restore_that_fails_leaves_the_database_empty(database_url: str, tmp_path: Path) -> None:
    path = save(tmp_path, "broken", {}, "CREATE TABLE half_way ();\nSELECT nonsense;\n")

    with pytest.raises(PostgresError, match="restoring broken"):
        restore_snapshot(database_url, Snapshot(path, {}))

    assert "half_way" not in table_names(database_url)


def test_nothing_is_left_to_migrate_in_a_test_database(transactional_db: None) -> None:
    assert schema.count_missing_migrations() == 0


def test_the_snapshots_are_where_the_project_keeps_them() -> None:
    assert sorted(path.name for path in COMMITTED.iterdir()) == ["packages.sql.gz", "project.sql.gz"]


def table_names(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in rows}
