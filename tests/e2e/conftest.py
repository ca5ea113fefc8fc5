"""One stack for all journeys: started once, on free ports, with an empty folder, in one test process."""

import os
from collections.abc import Iterator

import pytest

from sandbox.stack.checks import free_addresses
from sandbox.stack.environment import Addresses, local_folder, read_environment
from sandbox.stack.processes import Stack
from tests.e2e.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site with its demo content, as ``make run`` starts it.

    ``RUNNING_SITE=8000`` takes the one that ``make run`` keeps on that port: quicker to write a test by.
    """
    if port := os.environ.get("RUNNING_SITE"):
        yield Site(Addresses(int(port)), read_environment(local_folder()))
        return
    stack = Stack(tmp_path_factory.mktemp("journeys"), free_addresses())
    try:
        stack.start()
        site = Site(stack.addresses, stack.environment)
        yield site
        assert not site.deadlocks, "Transactions of the journeys waited for each other."
    finally:
        stack.supervisor.stop()
