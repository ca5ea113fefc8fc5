"""The embedded PostgreSQL starts after whatever happened to it, keeps its data, and runs beside others."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sandbox.postgres.databases import create_database, database_names
from sandbox.postgres.errors import PostgresError, explain
from sandbox.postgres.server import SUPERUSER, Server
from sandbox.postgres.shared import shared_server

SMALL = {"fsync": "off", "shared_buffers": "1MB", "max_connections": "10"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    server = Server(folder, SMALL)
    yield server
    server.stop()


def start(server: Server) -> subprocess.Popen[bytes]:
    server.initialise()
    return server.start(log=subprocess.DEVNULL)


def tables(server: Server) -> list[str]:
    with psycopg.connect(server.url(SUPERUSER)) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return [name for (name,) in rows]


def make_table(server: Server) -> None:
    with psycopg.connect(server.url(SUPERUSER)) as connection:
        connection.execute("CREATE TABLE kept ()")


def test_a_second_start_finds_the_data_of_the_first(server: Server) -> None:
    start(server)
    make_table(server)
    server.stop()
    start(server)

    assert tables(server) == ["kept"]


def test_it_recovers_from_being_killed(server: Server) -> None:
    process = start(server)
    make_table(server)
    process.kill()
    process.wait()

    start(server)

    assert tables(server) == ["kept"]


def test_a_lock_file_naming_another_program_does_not_stop_it(server: Server) -> None:
    server.initialise()
    (server.data / "postmaster.pid").write_text(f"{os.getpid()}\n{server.data}\n0\n5432\n\n\n\nready\n")

    assert server.running() is None
    server.start(log=subprocess.DEVNULL)

    assert server.answers()


def test_a_server_left_over_by_a_dead_run_is_replaced(server: Server) -> None:
    server.initialise()
    first = server.start(log=subprocess.DEVNULL, outlives_us=True)
    second = server.start(log=subprocess.DEVNULL)

    assert first.wait(60) == 0
    assert server.answers()
    assert second.poll() is None


def test_it_ends_with_a_parent_that_is_killed_outright(server: Server) -> None:
    server.initialise()
    script = (
        "import sys, time; from pathlib import Path; from sandbox.postgres.server import Server\n"
        "Server(Path(sys.argv[1])).start(log=1); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, str(server.folder)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert b"up" in parent.stdout.readline()
    orphan = server.running()
    assert orphan is not None

    parent.kill()
    parent.wait()
    orphan.wait(60)

    assert server.running() is None


def test_a_start_interrupted_while_making_the_data_is_begun_anew(server: Server) -> None:
    (server.folder / "unfinished").mkdir()
    (server.folder / "unfinished" / "PG_VERSION").write_text("18\n")

    start(server)

    assert server.answers()


def test_a_path_with_spaces_and_accents_is_no_trouble(folder: Path) -> None:
    server = Server(folder / "Mein Projekt für 50 %", SMALL)
    try:
        start(server)
        assert tables(server) == []
    finally:
        server.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one(folder: Path) -> None:
    deep = folder / ("a-rather-long-name-" * 3) / ("of-a-folder-" * 5)
    server = Server(deep, SMALL)
    try:
        start(server)
        assert server.answers()
        assert len(str(server.socket_folder)) < 60
    finally:
        server.stop()
        shutil.rmtree(server.socket_folder, ignore_errors=True)


def test_data_of_another_version_are_refused_and_kept(server: Server) -> None:
    server.initialise()
    (server.data / "PG_VERSION").write_text("15\n")

    with pytest.raises(PostgresError, match="was made by PostgreSQL 15, and this project runs 18"):
        server.initialise()

    assert server.data.exists()


def test_a_start_that_fails_says_why(folder: Path) -> None:
    server = Server(folder, {"shared_buffers": "nonsense"})
    server.initialise()

    with pytest.raises(PostgresError, match=r"failed while starting[\s\S]*nonsense"):
        server.start(log=subprocess.PIPE)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ('could not write to file "x": No space left on device', "The disk is full"),
        ("initdb: error: could not create directory: Read-only file system", "The disk is read-only"),
        ("something nobody has seen", "failed while testing"),
        ("", "It printed nothing"),
    ],
)
def test_known_failures_get_a_sentence_with_a_way_out(output: str, sentence: str) -> None:
    assert sentence in str(explain(output, doing="testing"))


def test_a_shared_server_lives_until_its_last_user_leaves(folder: Path) -> None:
    with shared_server(folder) as first:
        with shared_server(folder) as second:
            assert second.running() == first.running()
        assert first.answers()
    assert first.running() is None


def test_a_shared_server_that_was_killed_starts_anew(folder: Path) -> None:
    with shared_server(folder) as server:
        create_database(server.url(SUPERUSER), "test_left_over")
        process = server.running()
        assert process is not None
        process.kill()
        process.wait(60)
    with shared_server(folder) as server:
        assert server.answers()


def test_a_shared_server_keeps_the_newest_templates_and_no_leftovers(folder: Path) -> None:
    names = ["template_a", "test_1", "template_b", "unfinished_x", "template_c", "template_d"]
    with shared_server(folder) as server:
        for name in names:
            create_database(server.url(SUPERUSER), name)

    with shared_server(folder) as server:
        left = database_names(server.url(SUPERUSER))

    assert left == ["postgres", "template0", "template1", "template_b", "template_c", "template_d"]
