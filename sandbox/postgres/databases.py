"""Create, clone, list and drop databases on a PostgreSQL server named by a DATABASE_URL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from sandbox.postgres.errors import explain


def with_database(url: str, name: str) -> str:
    """The same server's URL, naming another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def create_database(url: str, name: str, *, template: str = "template0") -> None:
    """Create ``name`` as a copy of ``template``, which nobody may be connected to."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY ENCODING 'UTF8'")
    _administer(
        url, statement.format(sql.Identifier(name), sql.Identifier(template)), doing=f"creating {name}"
    )


def drop_database(url: str, name: str) -> None:
    """Drop ``name`` if it exists, closing whatever connections it has."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    _administer(url, statement, doing=f"dropping {name}")


def rename_database(url: str, name: str, new_name: str) -> None:
    """Rename ``name``, which nobody may be connected to."""
    statement = sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
        sql.Identifier(name), sql.Identifier(new_name)
    )
    _administer(url, statement, doing=f"renaming {name}")


def database_names(url: str) -> list[str]:
    """The names of the server's databases, sorted."""
    with _administration(url) as connection:
        rows = connection.execute("SELECT datname FROM pg_database ORDER BY datname").fetchall()
    return [str(name) for (name,) in rows]


def newest_first(url: str, prefix: str) -> list[str]:
    """The databases whose names begin with ``prefix``, the last created first."""
    with _administration(url) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [prefix]
        ).fetchall()
    return [str(name) for (name,) in rows]


def is_empty(url: str) -> bool:
    """Whether the database named in ``url`` holds no table in its public schema."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return found is None


@contextmanager
def _administration(url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(with_database(url, "postgres"), autocommit=True, connect_timeout=30) as connection:
        yield connection


def _administer(url: str, statement: sql.Composed, *, doing: str) -> None:
    try:
        with _administration(url) as connection:
            connection.execute(statement)
    except psycopg.Error as error:
        raise explain(str(error), doing=doing) from error
