"""Run the mailbox as a process of its own on free ports, for tests."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.mailbox.client import Mailbox
from sandbox.processes import LOOPBACK, free_port, running_server

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def mailbox_server(state: Path) -> Iterator[Mailbox]:
    """A mailbox over ``state`` that lives for the length of a ``with`` block."""
    port, smtp_port = free_port(), free_port()
    options = ["--port", str(port), "--smtp-port", str(smtp_port), "--state", str(state)]
    command = [sys.executable, "-m", "sandbox.mailbox", *options]
    with running_server("mailbox", command, port=port, environment={"PYTHONPATH": str(ROOT)}):
        yield Mailbox(f"http://{LOOPBACK}:{port}", smtp_port)
