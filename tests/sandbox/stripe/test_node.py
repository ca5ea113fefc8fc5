"""Stripe's own package for Node works against the sandbox: it speaks HTTP, not only Python."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

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


def run(node: str, script: str, server: Server) -> dict[str, Any]:
    """What the script saw."""
    done = subprocess.run(
        [node, script, str(server.port), API_VERSION],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def test_a_subscription_lives_and_ends_from_node(node: str, server: Server) -> None:
    seen = run(node, "lifecycle.js", server)
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


def test_money_comes_and_goes_from_node(node: str, server: Server) -> None:
    assert run(node, "money.js", server) == {
        "refused": 402,
        "paid": 950,
        "status": "active",
        "preview": 4000,
        "rest": 850,
        "declined": {
            "type": "StripeCardError",
            "code": "card_declined",
            "decline": "insufficient_funds",
        },
        "unknown": {
            "type": "StripeInvalidRequestError",
            "code": "parameter_unknown",
            "param": "no_such_thing",
        },
        "portal": 200,
        "completed": 1,
        "more": True,
        "signature": "StripeSignatureVerificationError",
    }
