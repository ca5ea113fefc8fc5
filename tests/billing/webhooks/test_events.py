"""Whom an event is about, and which of them we read."""

import re
from pathlib import Path

import pytest
from stripe.params import _webhook_endpoint_create_params as params_of_stripe

from billing.webhooks.events import EVENTS, THIN_EVENTS, customer_named_in
from billing.webhooks.processors import FOLLOW_UPS

EXPANDED = {"data": {"object": {"object": "invoice", "customer": {"id": "cus_1", "object": "customer"}}}}
DETACHED = {
    "data": {
        "object": {"object": "payment_method", "customer": None},
        "previous_attributes": {"customer": "cus_1"},
    }
}
DELETED = {"data": {"object": {"object": "customer", "id": "cus_1", "deleted": True}}}
NOBODYS = {"data": {"object": {"object": "price"}}}


@pytest.mark.parametrize(
    ("event", "customer"),
    [(EXPANDED, "cus_1"), (DETACHED, "cus_1"), (DELETED, "cus_1"), (NOBODYS, ""), ({}, "")],
)
def test_the_customer_is_found_wherever_stripe_names_it(event, customer):
    assert customer_named_in(event) == customer


@pytest.mark.parametrize("customer", [5, True, [], {}, {"id": 5}])
def test_what_is_no_id_is_nobody(customer):
    assert customer_named_in({"data": {"object": {"object": "invoice", "customer": customer}}}) == ""


def test_stripe_knows_every_event_we_ask_for():
    known = set(re.findall(r'"([a-z0-9_.]+)"', Path(params_of_stripe.__file__).read_text()))
    assert set(EVENTS) <= known
    assert len(EVENTS) == len(set(EVENTS))


def test_a_step_belongs_to_an_event_that_comes():
    assert set(FOLLOW_UPS) <= {*EVENTS, *THIN_EVENTS}
