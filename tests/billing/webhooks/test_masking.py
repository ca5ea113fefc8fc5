"""What Stripe sent is shown without what it says about people."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.webhooks.masking import MASKED, masked
from tests.factories.stripe import Shop

SECRETS = {
    "email": "ada@example.com",
    "name": "ada",
    "phone": "+44 20 7946 0000",
    "line1": "12 Harbour Street",
    "city": "whitby",
    "postal_code": "12345",
    "country": "GB",
    "last4": "4242",
    "fingerprint": "Xt5EWLLDS7FJjR1c",
    "ip": "203.0.113.9",
    "receipt_url": "https://pay.stripe.com/receipts/abc",
    "hosted_invoice_url": "https://invoice.stripe.com/i/acct_1/test_x",
    "client_secret": "pi_3abcdefgh_secret_abcdefgh",
    "description": "for Ada",
    "tax_id": "DE123456789",
}
HARMLESS = {
    "id": "sub_1Abcdefghijk",
    "customer": "cus_Abcdefghijk",
    "session": "cs_test_a1b2c3d4e5f6",
    "object": "invoice",
    "type": "customer.subscription.updated",
    "status": "past_due",
    "currency": "eur",
    "amount": 1900,
    "created": 1767225600,
    "livemode": False,
    "ended_at": None,
    "unit_amount_decimal": "1900",
    "api_version": "2026-08-26.dahlia",
    "reference": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "at": "2026-01-31T12:00:00Z",
}


def shown(payload):
    return json.loads(masked(payload))


@pytest.mark.parametrize(("name", "value"), SECRETS.items())
def test_what_may_be_somebodys_is_masked_wherever_it_stands(name, value):
    assert shown({name: value}) == {name: MASKED}
    assert value not in masked({"data": {"object": {"details": [{name: value}]}}})


@pytest.mark.parametrize(("name", "value"), HARMLESS.items())
def test_what_has_a_harmless_shape_is_shown(name, value):
    assert shown({"data": [{name: value}]}) == {"data": [{name: value}]}


@pytest.mark.parametrize("word", ["ada", "eur", "active"])
def test_a_word_is_shown_only_where_stripe_chooses_the_words(word):
    assert shown({"status": word, "nickname": word}) == {"status": word, "nickname": MASKED}


@pytest.mark.parametrize("kind", ["sk", "rk", "whsec", "ek"])
def test_a_secret_that_looks_like_an_id_is_masked(kind):
    assert shown({"id": f"{kind}_" + "a" * 24}) == {"id": MASKED}


def test_names_that_people_choose_are_masked_too():
    assert shown({"metadata": {"Ada Lovelace": "x"}}) == {"metadata": {MASKED: MASKED}}


@given(st.text(min_size=3).filter(lambda text: not text.isascii() or " " in text or "@" in text))
def test_no_text_with_spaces_signs_or_accents_is_ever_shown(text):
    for name in ("status", "name", "unit_amount_decimal", "anything"):
        assert shown({name: text}) == {name: MASKED}


def test_a_whole_life_at_stripe_shows_nobody(stripe):
    shop = Shop(stripe)
    customer = shop.customer(
        "pm_card_visa",
        name="Ada Lovelace",
        phone="+44 20 7946 0000",
        address={"line1": "12 Harbour Street", "city": "Whitby", "postal_code": "YO21 1AA", "country": "GB"},
    )
    shop.subscribe(customer=customer.id)
    text = "\n".join(masked(event) for event in stripe.world.store.find("event"))
    for secret in ("Ada", "Lovelace", "7946", "Harbour", "Whitby", "YO21", "ada@example.com", "4242", "http"):
        assert secret not in text
    assert customer.id in text
    assert '"status": "active"' in text
