"""Pre-migrated schemas: dumps that name their migrations, and which one fits the source tree best."""

import gzip
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sandbox.postgres.errors import PostgresError
from sandbox.postgres.fingerprint import Fingerprint
from sandbox.postgres.programs import run_program

COMMITTED = Path(__file__).parent / "snapshots"
HEADER = "-- migrations: "


@dataclass(frozen=True)
class Snapshot:
    """One dump and the migrations that were applied when it was made."""

    path: Path
    fingerprint: Fingerprint

    def fits(self, wanted: Fingerprint) -> bool:
        """Whether the source tree still has every migration of the dump, unchanged."""
        return self.fingerprint.items() <= wanted.items()


def read_snapshot(path: Path) -> Snapshot | None:
    """The snapshot in ``path``; None when the file is damaged or something else."""
    try:
        with gzip.open(path, "rt") as lines:
            first = lines.readline(1_000_000)
        return Snapshot(path, json.loads(first.removeprefix(HEADER))) if first.startswith(HEADER) else None
    except (OSError, EOFError, ValueError):
        return None


def best_snapshot(wanted: Fingerprint, *folders: Path) -> Snapshot | None:
    """The usable snapshot that leaves the fewest migrations to run; None when there is none."""
    found = (read_snapshot(path) for folder in folders for path in sorted(folder.glob("*.sql.gz")))
    usable = [snapshot for snapshot in found if snapshot is not None and snapshot.fits(wanted)]
    return max(usable, key=lambda snapshot: len(snapshot.fingerprint), default=None)


def restore_snapshot(url: str, snapshot: Snapshot) -> None:
    """Load ``snapshot`` into the empty database at ``url``, whole or not at all."""
    with tempfile.TemporaryFile() as plain:
        try:
            plain.write(gzip.decompress(snapshot.path.read_bytes()))
        except (OSError, EOFError) as error:
            raise PostgresError(
                f"The snapshot {snapshot.path} is damaged. Make a new one with `make snapshot`."
            ) from error
        plain.seek(0)
        run_program("psql", *_PSQL, "--dbname", url, doing=f"restoring {snapshot.path.name}", stdin=plain)


def write_snapshot(url: str, path: Path, fingerprint: Fingerprint) -> None:
    """Dump the database at ``url`` to ``path``, which is replaced only once the dump is whole."""
    dump = run_program("pg_dump", *_PG_DUMP, "--dbname", url, doing="dumping the schema")
    text = f"{HEADER}{json.dumps(fingerprint)}\n".encode() + dump
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(gzip.compress(text, mtime=0))
    unfinished.replace(path)


_PSQL = ("--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
_PG_DUMP = ("--no-owner", "--no-privileges", "--no-comments", "--restrict-key=quickscale")
