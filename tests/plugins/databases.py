"""Test databases: each test process works on its own clone of a migrated template."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import environ
import pytest
from django.db import connection, connections, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from sandbox.postgres.databases import create_database, drop_database, with_database
from sandbox.postgres.fingerprint import digest, full_fingerprint
from sandbox.postgres.schema import prepare_schema
from sandbox.postgres.server import SUPERUSER
from sandbox.postgres.shared import shared_server
from sandbox.postgres.templates import ensure_template

LOCAL = Path(__file__).resolve().parents[2] / ".local"
DATABASE = pytest.StashKey["ClonedDatabase"]()


@dataclass(frozen=True)
class ClonedDatabase:
    """The database of one test process, and the template it can be made anew from."""

    server_url: str
    name: str
    template: str

    @property
    def url(self) -> str:
        """Its DATABASE_URL."""
        return with_database(self.server_url, self.name)

    def renew(self) -> None:
        """Make it as the migrations left it, whatever a test did to it."""
        self.drop()
        create_database(self.server_url, self.name, template=self.template)

    def drop(self) -> None:
        """Remove it from the server."""
        connections.close_all()
        drop_database(self.server_url, self.name)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Give this test process its database, on the server of DATABASE_URL or on an embedded one.

    A test that commits (``transaction=True``, ``live_server``) gets a new clone afterwards in place of
    Django's flush, which would take the rows that migrations made: Wagtail's root page, site, groups.
    """
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        server_url = os.environ.get("DATABASE_URL") or _embedded_server(stack)
        with django_db_blocker.unblock():
            database = _clone(server_url, request.config)
        stack.callback(database.drop)
        request.config.stash[DATABASE] = database
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: database.renew())
        yield


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around all tests of a module: what its fixtures write once is there for each of them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, transactional_db: None) -> str:
    """The DATABASE_URL of this test's database, for a process that the test starts."""
    return request.config.stash[DATABASE].url


def _embedded_server(stack: ExitStack) -> str:
    return stack.enter_context(shared_server(LOCAL / "test-postgres")).url(SUPERUSER)


def _clone(server_url: str, config: pytest.Config) -> ClonedDatabase:
    def migrate(empty: str) -> None:
        _use(empty)
        prepare_schema(empty, cache=LOCAL / "snapshots", say=_Teller(config))
        connection.close()

    template = ensure_template(server_url, digest(full_fingerprint()), migrate)
    database = ClonedDatabase(server_url, f"test_{os.getpid()}", template)
    database.renew()
    _use(database.url)
    return database


def _use(url: str) -> None:
    connection.close()
    default, there = connections.settings["default"], environ.Env.db_url_config(url)
    options = default["OPTIONS"] | there.pop("OPTIONS", {})
    default.update(there, OPTIONS=options)


class _Teller:
    """Says what takes so long past pytest's capture, also from an xdist worker."""

    def __init__(self, config: pytest.Config) -> None:
        self.capture = config.pluginmanager.getplugin("capturemanager")

    def __call__(self, words: str) -> None:
        with self.capture.global_and_fixture_disabled():
            sys.stderr.write(f"test database: {words}\n")
            sys.stderr.flush()
