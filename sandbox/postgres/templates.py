"""Migrated template databases: made once for each state of the migrations, then cloned in a blink."""

import os
from collections.abc import Callable

from sandbox.postgres.databases import (
    create_database,
    database_names,
    drop_database,
    rename_database,
    with_database,
)
from sandbox.postgres.errors import PostgresError

PREFIX = "template_"


def ensure_template(url: str, digest: str, migrate: Callable[[str], None]) -> str:
    """The name of the template for ``digest`` on the server of ``url``.

    ``migrate`` is called with the address of an empty database when the template must be made. Two
    processes that make it at once end up with one.
    """
    name = f"{PREFIX}{digest}"
    if name in database_names(url):
        return name
    unfinished = f"unfinished_{digest}_{os.getpid()}"
    drop_database(url, unfinished)
    create_database(url, unfinished)
    try:
        migrate(with_database(url, unfinished))
        rename_database(url, unfinished, name)
    except PostgresError:
        if name not in database_names(url):
            raise
    finally:
        drop_database(url, unfinished)
    return name
