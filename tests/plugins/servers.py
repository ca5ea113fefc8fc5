"""Real servers for tests, each started once when first asked for and stopped with the session."""

import sys
from collections.abc import Iterator

import pytest

from sandbox.mailbox.client import Mailbox
from sandbox.mailbox.server import mailbox_server
from sandbox.processes import LOOPBACK, free_port, running_server
from sandbox.redis.server import redis_server as run_redis
from sandbox.s3.server import S3Server
from sandbox.s3.server import s3_server as run_s3


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The REDIS_URL of a real Redis."""
    with run_redis() as url:
        yield url


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server that checks signatures."""
    with run_s3(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def s3_bucket(s3_server: S3Server) -> str:
    """The name of an empty bucket of this test's own."""
    return s3_server.make_bucket()


@pytest.fixture(scope="session")
def mailbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    """The mailbox's process, shared by the session's tests."""
    with mailbox_server(tmp_path_factory.mktemp("mailbox") / "mail.sqlite3") as mailbox:
        yield mailbox


@pytest.fixture
def smtp_mailbox(mailbox_process: Mailbox) -> Mailbox:
    """An empty mailbox behind a real SMTP server; ``email_url`` makes the site send to it."""
    mailbox_process.clear()
    return mailbox_process


@pytest.fixture(scope="session")
def stripe_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The STRIPE_API_BASE of a Stripe sandbox in a process of its own."""
    port = free_port()
    state = tmp_path_factory.mktemp("stripe") / "state"
    command = [sys.executable, "-m", "sandbox.stripe", "--port", str(port), "--state", str(state)]
    with running_server("Stripe sandbox", command, port=port):
        yield f"http://{LOOPBACK}:{port}"
