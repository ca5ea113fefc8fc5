"""One stack for all journeys: started once, on free ports, with an empty folder, in one test process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sandbox.processes import free_port, port_answers
from sandbox.stack.environment import Addresses, local_folder, read_environment
from sandbox.stack.processes import Stack
from tests.e2e.site import Site

HERE = Path(__file__).parent
PATIENCE = 30_000  # milliseconds: the test machine may be busy

expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Send all journeys to one test process, so that one stack serves them."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site with its demo content, as ``make run`` starts it.

    ``RUNNING_SITE=8000`` takes the one that ``make run`` keeps on that port: quicker to write a test by.
    """
    if port := os.environ.get("RUNNING_SITE"):
        yield Site(Addresses(int(port)), read_environment(local_folder()))
        return
    stack = Stack(tmp_path_factory.mktemp("journeys"), _addresses())
    try:
        stack.start()
        yield Site(stack.addresses, stack.environment)
    finally:
        stack.supervisor.stop()


def _addresses() -> Addresses:
    """Ports in a row that nothing listens on."""
    bases = (Addresses(free_port()) for _ in range(100))
    return next(base for base in bases if not any(map(port_answers, base.ports.values())))
