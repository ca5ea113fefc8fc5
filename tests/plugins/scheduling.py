"""Which test runs where and when: the journeys first, as they share one stack, then each on its own."""

from typing import Any

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/e2e/"


class JourneysTogether(LoadScopeScheduling):
    """Hands out single tests in the order of their collection, and all journeys as one piece of work."""

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest piece of work, so that no process waits for another in the end."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: not item.nodeid.startswith(JOURNEYS))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Any:
    """Our scheduler in place of xdist's groups, which mark tests in a way that pytest 9.2 does not read."""
    return JourneysTogether(config, log)
