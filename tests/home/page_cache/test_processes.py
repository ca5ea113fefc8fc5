"""Another process, which shares nothing with this one but the database, hears of every change too."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.home.page_cache.conftest import FEATURE, SECRET, settle
from tests.home.readers import customer_with, lapse

ROOT = Path(__file__).parents[3]
OTHER = """
import json, sys
import django
from django.conf import settings
settings.PAGE_CACHE, settings.SECRET_KEY = True, sys.argv[1]
django.setup()
from django.db import connection
from django.test import Client
from home.page_cache.watch import watch
watch.wait_until_awake(60)
client, told = Client(), []
connection.execute_wrappers.append(lambda run, *rest: (told.append(1), run(*rest))[1])
for line in sys.stdin:
    asked = json.loads(line)
    for name, value in asked["cookies"].items():
        client.cookies[name] = value
    told.clear()
    text = client.get(asked["path"]).content.decode()
    print(json.dumps({"sees": asked["word"] in text, "queries": len(told)}), flush=True)
"""


class Other:
    """A process that looks at pages when it is told to."""

    def __init__(self, database_url: str) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", OTHER, settings.SECRET_KEY],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def look(self, client: Client, path: str) -> tuple[bool, int]:
        """What the browser sees there: the second half or not, and how many queries that took."""
        assert self.process.stdin
        assert self.process.stdout
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        self.process.stdin.write(json.dumps({"path": path, "cookies": cookies, "word": SECRET}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["sees"], answer["queries"]


@pytest.fixture
def other(kept: None, database_url: str) -> Iterator[Other]:
    made = Other(database_url)
    yield made
    assert made.process.stdin
    made.process.stdin.close()
    made.process.wait(60)


def test_a_right_that_ends_ends_in_every_process_within_a_second(
    article: Any, browsing: Callable[..., Client], other: Other
) -> None:
    holder = customer_with(FEATURE)
    client = browsing(holder)
    path = article.url
    settle()
    for _ in range(3):
        client.get(path)
    assert any(other.look(client, path) == (True, 0) for _ in range(20))
    lapse(holder)
    lapsed = asked = monotonic()
    while other.look(client, path)[0]:
        assert asked - lapsed < 1
        asked = monotonic()
