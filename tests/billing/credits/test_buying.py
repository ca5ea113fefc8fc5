"""Credits are paid once and granted once, whoever brings the news first, and never before they are paid."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from billing.credits.buying import settle_now
from billing.credits.models import CreditLot
from billing.credits.purchase_models import CreditPurchase
from billing.credits.queries import balance
from billing.credits.services import spend
from billing.customers.services import lock_customer
from billing.notices.models import Alert, Notice
from billing.subscriptions.services import reconcile_customer
from tests.billing.credits.conftest import buy

pytestmark = pytest.mark.django_db


def purchase():
    return CreditPurchase.objects.get()


def test_the_page_of_stripe_is_paid_and_the_way_back_brings_the_credits(stripe, visitor, customer, pack):
    answer = buy(visitor, pack, quantity=3)
    assert answer.status_code == 303
    assert balance(customer).available == 0
    bought = visitor.get(reverse("billing:credits_bought", args=[purchase().reference]))
    assert "We wait for your payment" in bought.content.decode()
    stripe.complete_checkout(purchase().stripe_session_id)
    bought = visitor.get(reverse("billing:credits_bought", args=[purchase().reference]))
    assert "300 credits are yours" in bought.content.decode()
    assert (balance(customer).available, purchase().amount, purchase().status) == (300, 2700, "paid")
    assert purchase().receipt_url


def test_who_has_paid_before_may_do_so_with_one_click_wherever_packs_are(stripe, visitor, customer, pack):
    pages = [reverse("billing:credits"), reverse("billing:buy_credits", args=[pack.key])]
    assert all("Buy with the saved card" not in visitor.get(page).content.decode() for page in pages)
    buy(visitor, pack)
    stripe.complete_checkout(purchase().stripe_session_id)
    visitor.get(reverse("billing:credits_bought", args=[purchase().reference]))
    assert all("Buy with the saved card" in visitor.get(page).content.decode() for page in pages)


def test_page_webhook_and_reconcile_together_grant_once(stripe, visitor, customer, pack, post):
    buy(visitor, pack)
    stripe.complete_checkout(purchase().stripe_session_id)
    stripe.deliver(post, duplicate=2)
    visitor.get(reverse("billing:credits_bought", args=[purchase().reference]))
    reconcile_customer(customer_id=customer.pk)
    settle_now(customer=customer)
    assert balance(customer).available == 100
    assert CreditLot.objects.count() == 1
    assert Notice.objects.filter(topic="credits_bought").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_settles_a_purchase_never_waits_for_whoever_locked_the_customer(stripe, visitor, customer, pack):
    def settle() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        settle_now(customer=customer)
        connection.close()

    buy(visitor, pack)
    stripe.complete_checkout(purchase().stripe_session_id)
    with ThreadPoolExecutor(1) as elsewhere, transaction.atomic():
        lock_customer(customer_id=customer.pk)
        elsewhere.submit(settle).result()
    assert balance(customer).available == 100


def test_one_click_charges_the_saved_card_and_a_double_click_once(stripe, visitor, customer, pack):
    reference = uuid4()
    for _ in range(2):
        answer = buy(visitor, pack, reference, **{"with": "card"})
        assert answer.url == reverse("billing:credits_bought", args=[reference])
    assert balance(customer).available == 100
    assert len(stripe.client().v1.charges.list({"customer": customer.stripe_id}).data) == 1


def test_a_lost_answer_of_stripe_is_repeated_and_charged_once(stripe, visitor, customer, pack):
    reference = uuid4()
    for _ in range(3):
        stripe.fail("reset", when="after", path="/v1/payment_intents")
    buy(visitor, pack, reference, **{"with": "card"})
    assert purchase().status == "open"
    buy(visitor, pack, reference, **{"with": "card"})
    assert (purchase().status, balance(customer).available) == ("paid", 100)
    assert len(stripe.client().v1.charges.list({"customer": customer.stripe_id}).data) == 1


def use_card(stripe, customer, card):
    client = stripe.client()
    for old in client.v1.payment_methods.list({"customer": customer.stripe_id, "type": "card"}).data:
        client.v1.payment_methods.detach(old.id)
    if card:
        method = client.v1.payment_methods.attach(card, {"customer": customer.stripe_id})
        client.v1.customers.update(
            customer.stripe_id, {"invoice_settings": {"default_payment_method": method.id}}
        )


@pytest.mark.parametrize("card", ["pm_card_authenticationRequired", None])
def test_where_the_bank_asks_or_no_card_is_saved_stripes_page_opens(stripe, visitor, customer, pack, card):
    use_card(stripe, customer, card)
    answer = buy(visitor, pack, **{"with": "card"})
    assert (answer.status_code, answer.url) == (303, purchase().url)
    stripe.complete_checkout(purchase().stripe_session_id)
    settle_now(customer=customer)
    assert balance(customer).available == 100


def test_a_refused_card_says_so_and_brings_nothing(stripe, visitor, customer, pack):
    use_card(stripe, customer, "pm_card_chargeCustomerFail")
    answer = buy(visitor, pack, **{"with": "card"})
    page = visitor.get(answer.url).content.decode()
    assert "The bank did not accept this payment method" in page
    assert (purchase().status, balance(customer).available) == ("failed", 0)
    ended = visitor.get(reverse("billing:credits_bought", args=[purchase().reference])).content.decode()
    assert "This order was not paid" in ended
    assert "We wait" not in ended


@pytest.mark.parametrize("step", ["card", "order", "pack", "settings", "cancelled"])
def test_the_way_back_survives_whatever_happens_on_the_way_to_more(stripe, visitor, customer, pack, step):
    came_from = "/unlock/7/?next=/soundings/a-bad-month/"
    packs = reverse("billing:credits")
    visitor.get(packs, {"next": came_from})
    back = step_aside(stripe, visitor, customer, pack, step)
    assert back.startswith(f"{packs}?")
    page = visitor.get(back)
    assert page.context["came_from"] == came_from
    assert f'href="{came_from}"' in page.content.decode()


def step_aside(stripe, visitor, customer, pack, step):
    """Do something that buys nothing; gives where it leads."""
    if step == "cancelled":
        return f"{reverse('billing:credits')}?cancelled=1"
    if step == "settings":
        wanted = {"tell_below": "20", "most_per_month": "3", "most_money": "100", "reload_below": "0"}
        return visitor.post(reverse("billing:credit_settings"), wanted).url
    if step == "pack":
        type(pack).objects.update(is_public=False)
        return visitor.get(reverse("billing:buy_credits", args=[pack.key])).url
    if step == "card":
        use_card(stripe, customer, "pm_card_chargeCustomerFail")
    return buy(visitor, pack, **({"quantity": 0} if step == "order" else {"with": "card"})).url


def test_a_refused_card_leads_to_no_other_site(stripe, visitor, customer, pack):
    use_card(stripe, customer, "pm_card_chargeCustomerFail")
    visitor.get(reverse("billing:credits"), {"next": "//elsewhere.example/"})
    answer = visitor.post(
        f"{reverse('billing:buy_credits', args=[pack.key])}?next=//elsewhere.example/",
        {"reference": str(uuid4()), "quantity": 1, "with": "card", "next": "//elsewhere.example/"},
    )
    assert answer.url == f"{reverse('billing:credits')}?currency=EUR"


def test_an_order_number_stands_for_one_order(visitor, pack):
    reference = uuid4()
    buy(visitor, pack, reference)
    answer = buy(visitor, pack, reference, quantity=2)
    assert "placed before with other contents" in visitor.get(answer.url).content.decode()


@pytest.mark.parametrize(
    "fields", [{"quantity": 0}, {"quantity": 100}, {"quantity": "x"}, {"reference": "x"}]
)
def test_nonsense_buys_nothing(visitor, pack, fields):
    order = {"reference": str(uuid4()), "quantity": 1, **fields}
    answer = visitor.post(reverse("billing:buy_credits", args=[pack.key]), order)
    assert answer.url == f"{reverse('billing:credits')}?currency=EUR"
    assert not CreditPurchase.objects.exists()


@pytest.mark.parametrize("change", [{"is_public": False}, {"stripe_price_id": ""}])
def test_what_is_not_on_sale_cannot_be_bought(visitor, pack, change):
    for name, value in change.items():
        setattr(pack, name, value)
    pack.save()
    buy(visitor, pack)
    assert not CreditPurchase.objects.exists()


def test_a_purchase_of_somebody_else_does_not_exist(visitor, pack, give):
    other = CreditPurchase.objects.create(
        customer=give(1) and CreditLot.objects.get().account.customer,
        pack=pack, credits=1, amount=1, currency="EUR", way="checkout",
    )  # fmt: skip
    assert visitor.get(reverse("billing:credits_bought", args=[other.reference])).status_code == 404


def test_a_charge_of_another_price_grants_nothing_and_is_told(stripe, visitor, customer, pack):
    buy(visitor, pack)
    CreditPurchase.objects.update(amount=901)
    stripe.complete_checkout(purchase().stripe_session_id)
    settle_now(customer=customer)
    assert balance(customer).available == 0
    assert "not its price" in Alert.objects.get().sentence


def test_a_refunded_pack_is_taken_back(stripe, visitor, customer, pack):
    buy(visitor, pack, **{"with": "card"})
    spend(customer=customer, amount=60, key="k")
    stripe.client().v1.refunds.create({"payment_intent": purchase().stripe_payment_intent_id})
    reconcile_customer(customer_id=customer.pk)
    assert (balance(customer).available, balance(customer).debt) == (0, 60)


def test_buying_is_for_those_who_signed_in_and_a_look_buys_nothing(stripe, visitor, pack):
    address = reverse("billing:buy_credits", args=[pack.key])
    assert Client().post(address).status_code == 302
    assert Client().get(address)["Location"].endswith(f"?next={address}")
    page = visitor.get(address).content.decode()
    assert "Buy credits" in page
    assert pack.name in page
    assert CreditPurchase.objects.count() == 0
    assert stripe.find("checkout.session") == []


def test_a_pack_that_went_off_sale_leads_to_those_that_are(visitor, pack):
    type(pack).objects.update(is_public=False)
    page = visitor.get(reverse("billing:buy_credits", args=[pack.key]), follow=True)
    assert page.redirect_chain == [("/billing/credits/?currency=EUR", 302)]
    assert "not on sale any more" in page.content.decode()
