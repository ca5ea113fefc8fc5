"""Trouble on demand: requests that fail before or after the work is done."""

import pytest
import stripe

from sandbox.stripe import Sandbox
from sandbox.stripe.faults import Fault


@pytest.mark.parametrize("kind", ["500", "503", "timeout", "reset"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_client_that_retries_gets_through_and_does_the_work_once(
    sandbox: Sandbox, kind: str, when: str
) -> None:
    sandbox.fail(kind, path="/v1/customers", when=when)
    client = sandbox.client(max_network_retries=2)
    made = client.v1.customers.create({"email": "a@example.com"})
    assert [customer["id"] for customer in sandbox.find("customer")] == [made.id]
    assert sandbox.faults.waiting == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("500", stripe.APIError),
        ("429", stripe.RateLimitError),
        ("timeout", stripe.APIConnectionError),
        ("reset", stripe.APIConnectionError),
    ],
)
def test_a_client_that_does_not_retry_sees_the_error(
    sandbox: Sandbox, kind: str, error: type[Exception]
) -> None:
    sandbox.fail(kind)
    with pytest.raises(error):
        sandbox.client().v1.customers.create({})
    assert sandbox.find("customer") == []


def test_an_answer_lost_after_the_work_leaves_the_work_done(sandbox: Sandbox) -> None:
    sandbox.fail("reset", when="after")
    with pytest.raises(stripe.APIConnectionError):
        sandbox.client().v1.customers.create({})
    assert len(sandbox.find("customer")) == 1


def test_faults_choose_their_requests_and_their_number(sandbox: Sandbox) -> None:
    sandbox.fail("500", method="GET", times=2)
    client = sandbox.client()
    made = client.v1.customers.create({})
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.customers.retrieve(made.id)
    assert client.v1.customers.retrieve(made.id).id == made.id


def test_a_header_troubles_one_request(sandbox: Sandbox) -> None:
    client = sandbox.client()
    with pytest.raises(stripe.APIError):
        client.v1.customers.create({}, {"headers": {"Sandbox-Fault": "500 after"}})
    assert len(sandbox.find("customer")) == 1
    slow = client.v1.customers.create({}, {"headers": {"Sandbox-Fault": "slow=0.01"}})
    assert slow.id


@pytest.mark.parametrize("wrong", [{"kind": "fire"}, {"kind": "500", "when": "during"}])
def test_an_unknown_fault_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="A fault is one of"):
        Fault(**wrong)
