"""A database that never answers is given up soon by web and worker: visitors see an error, not a wait."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from procrastinate.contrib.django.utils import connector_params
from pytest_django import DjangoDbBlocker

ROOT = Path(__file__).resolve().parents[2]
SOON = 2  # the shortest that libpq knows
PATIENCE = 60  # seconds in which a busy machine answers all the same; without a limit nobody ever would


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """What every new connection of this process gets instead of the database: a line that nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server, django_db_blocker.unblock():
        port = server.getsockname()[1]
        there = {"HOST": "127.0.0.1", "PORT": str(port), "OPTIONS": {"connect_timeout": SOON}}
        monkeypatch.setitem(connections.settings, "default", connections.settings["default"] | there)
        yield f"postgres://somebody@127.0.0.1:{port}/quickscale"


def in_a_thread_of_its_own(client: Client, path: str, answers: list[tuple[int, str]]) -> None:
    response = client.get(path)
    answers.append((response.status_code, response.content.decode()))


def test_a_visitor_sees_the_error_page_soon(silence: str) -> None:
    answers: list[tuple[int, str]] = []
    client = Client(raise_request_exception=False)
    asking = threading.Thread(target=in_a_thread_of_its_own, args=(client, "/", answers), daemon=True)
    asking.start()
    asking.join(timeout=PATIENCE)
    [(status, page)] = answers
    assert (status, "Something broke on our side" in page) == (500, True)


def test_web_and_worker_wait_for_seconds_unless_told_otherwise() -> None:
    assert settings.DATABASES["default"]["OPTIONS"]["connect_timeout"] == 5
    assert connector_params()["connect_timeout"] == 5


def test_the_address_of_the_database_may_say_how_long(silence: str) -> None:
    code = "from config.settings.test import DATABASES; print(DATABASES['default']['OPTIONS'])"
    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ
        | {"PYTHONPATH": str(ROOT / "site"), "DATABASE_URL": f"{silence}?connect_timeout=20&sslmode=require"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told.stdout.strip() == "{'connect_timeout': 20, 'sslmode': 'require'}"
