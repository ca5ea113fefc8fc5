"""Stripe's own package for Node works against the sandbox: it speaks HTTP, not only Python."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox.stripe.world import API_VERSION
from tests.factories.stripe_server import Server

FOLDER = Path(__file__).parent / "node"
HOW_TO_GET_IT = "Stripe's package for Node is not installed: npm ci --prefix tests/sandbox/stripe/node"


@pytest.fixture
def node() -> str:
    """The node program with Stripe's package beside the script; else skip, or fail under REQUIRE_NODE."""
    found = shutil.which("node")
    if not found or not (FOLDER / "node_modules" / "stripe").exists():
        (pytest.fail if os.environ.get("REQUIRE_NODE") else pytest.skip)(HOW_TO_GET_IT)
    return str(found)


def test_a_subscription_lives_and_ends_from_node(node: str, server: Server) -> None:
    done = subprocess.run(
        [node, "lifecycle.js", str(server.port), API_VERSION],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen.pop("url").startswith(f"{server.address}/checkout/pay/cs_test_")
    assert seen.pop("missing") == {
        "type": "StripeInvalidRequestError",
        "code": "resource_missing",
        "statusCode": 404,
        "message": "No such customer: 'cus_x'",
    }
    assert seen == {
        "status": "active",
        "paid": 3800,
        "payment": "paid",
        "replayed": True,
        "customers": 13,
        "event": "evt_1",
        "end": "canceled",
    }
