"""One embedded PostgreSQL server: made, started, found again after a crash, stopped."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psutil
import psycopg

from sandbox.postgres.account import Account, account_for
from sandbox.postgres.errors import PostgresError, explain
from sandbox.postgres.programs import MAJOR_VERSION, program, run_program
from sandbox.processes import dies_with_parent

SUPERUSER = "postgres"
LONGEST_SOCKET_PATH = 100  # bytes; Linux allows 107, macOS 103
START_SECONDS = 60
STOP_SECONDS = 20
BASE_SETTINGS = {
    "listen_addresses": "",
    "timezone": "UTC",
    "jit": "off",
    # Errors reach whoever caused them; here they would only repeat what the site handles.
    "log_min_messages": "fatal",
}


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server whose data live in ``folder``, reached over a unix socket of its owner's."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        """The data folder proper."""
        return self.folder / "data"

    @property
    def socket_folder(self) -> Path:
        """Where the socket lies: beside the data, or in the temporary folder when that path is too long."""
        beside = self.folder / "socket"
        if len(os.fsencode(beside / ".s.PGSQL.5432.lock")) <= LONGEST_SOCKET_PATH:
            return beside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"quickscale-{os.geteuid()}-{name}"

    def url(self, database: str) -> str:
        """The DATABASE_URL of one of the server's databases."""
        return f"postgres://{SUPERUSER}@/{database}?host={quote(str(self.socket_folder), safe='')}"

    def exists(self) -> bool:
        """Whether its data folder was made."""
        return (self.data / "PG_VERSION").exists()

    def initialise(self) -> None:
        """Make the data folder unless it is there; half-made ones of an interrupted start are thrown away."""
        if self.exists():
            self._refuse_other_version()
            return
        unfinished = self.folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        _make_folder(unfinished)
        account = account_for(self.data)
        account.own(unfinished)
        run_program(
            "initdb", *_INITDB, "-D", str(unfinished), doing="creating its data folder", prefix=account.prefix
        )
        unfinished.rename(self.data)

    def start(self, *, log: IO[bytes] | int, outlives_us: bool = False) -> subprocess.Popen[bytes]:
        """Start it and return once it answers; it writes to ``log``.

        Unless it ``outlives_us`` it stops when this process dies, however that happens.
        """
        account = account_for(self.data)
        _make_folder(self.socket_folder)
        _own_sockets(self.socket_folder, account)
        self.stop()
        self._forget_dead_server()
        # The second comes last: changing the account takes the death signal away again.
        prefix = account.prefix if outlives_us else (*account.prefix, *dies_with_parent("INT"))
        process = subprocess.Popen(
            [*prefix, program("postgres"), "-D", str(self.data), *self._options()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
        try:
            self._wait_until_it_answers(process)
        except BaseException:
            self.stop()
            raise
        return process

    def running(self) -> psutil.Process | None:
        """The server's process, whoever started it; None when there is none."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
            return process if str(self.data) in process.cmdline() else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def answers(self) -> bool:
        """Whether it accepts connections now."""
        try:
            status = (self.data / "postmaster.pid").read_text().splitlines()[7].strip()
            if status == "ready":
                psycopg.connect(self.url(SUPERUSER), connect_timeout=5).close()
        except (OSError, IndexError, psycopg.OperationalError):
            return False
        return status == "ready"

    def stop(self) -> None:
        """Stop it in order, if it runs; outright if it does not obey."""
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            process = self.running()
            if process is None:
                return
            process.send_signal(how)
            _wait_for_end(process)

    def _options(self) -> list[str]:
        settings = {**BASE_SETTINGS, "unix_socket_directories": str(self.socket_folder), **self.settings}
        return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]

    def _refuse_other_version(self) -> None:
        version = (self.data / "PG_VERSION").read_text().strip()
        if version != str(MAJOR_VERSION):
            raise PostgresError(
                f"The database in {self.data} was made by PostgreSQL {version}, and this project runs "
                f"{MAJOR_VERSION}. Remove {self.folder} to begin with an empty database."
            )

    def _forget_dead_server(self) -> None:
        # PostgreSQL refuses to start when another program has since been given the number in its lock file.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _wait_until_it_answers(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if process.poll() is not None:
                words = process.stdout.read() if process.stdout else b""
                raise explain(words.decode(errors="replace"), doing="starting")
            if time.monotonic() > deadline:
                raise PostgresError(f"PostgreSQL did not answer within {START_SECONDS} seconds. Start again.")
            time.sleep(0.05)


_INITDB = (
    "--auth=trust",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--no-instructions",
    "--no-sync",
    f"--username={SUPERUSER}",
)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(f"{error.strerror}: {folder}", doing="making its folder") from error


def _own_sockets(folder: Path, account: Account) -> None:
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), account.uid):
        raise PostgresError(f"{folder} belongs to another user of this machine. Remove it and start again.")
    account.own(folder)


def _wait_for_end(process: psutil.Process) -> None:
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        return
