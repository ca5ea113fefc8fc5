"""What a customer sees on the way to Stripe's page and back."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.actors import acting
from billing.audits.models import AuditEntry
from billing.checkout.models import CheckoutAttempt
from billing.customers.models import StripeCustomer
from billing.customers.services import ensure_customer
from billing.subscriptions.models import Subscription
from billing.webhooks.services import handle_waiting
from tests.factories.billing import CheckoutAttemptFactory, PlanFactory, SubscriptionFactory, UserFactory

pytestmark = pytest.mark.django_db

CHECKOUT = "/billing/checkout/cutter/"


def words(response):
    """The text of a page, in one line."""
    return " ".join(response.content.decode().split())


def session_of(stripe):
    return stripe.find("checkout.session")[-1]


def test_a_visitor_signs_in_first_and_keeps_the_choice(cutter):
    response = Client().get(f"{CHECKOUT}?interval=year")
    assert response.status_code == 302
    assert response["Location"].endswith("login/?next=/billing/checkout/cutter/%3Finterval%3Dyear")


def test_the_page_says_what_will_happen(visitor, cutter, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        response = visitor.get(CHECKOUT)
    page = words(response)
    first_payment = timezone.now() + timedelta(days=14)
    for told in ("Cutter", "€36 per month", "14 days", "€0", f"{first_payment:%-d %B %Y}", "Exports"):
        assert told in page
    assert "Api" not in page
    assert response["Cache-Control"].startswith("max-age=0")


def test_looking_at_the_page_asks_stripe_nothing(stripe, visitor, cutter):
    before = len(stripe.events.types())
    visitor.get(CHECKOUT)
    assert len(stripe.events.types()) == before
    assert not CheckoutAttempt.objects.exists()


def test_the_other_interval_is_offered_with_its_price(visitor, cutter):
    yearly = type(cutter)(version=cutter.version, interval="year", amount=36000, stripe_price_id="price_y")
    yearly.save()
    assert "Pay €360 per year instead" in words(visitor.get(CHECKOUT))
    assert "Pay €36 per month instead" in words(visitor.get(f"{CHECKOUT}?interval=year"))


def test_a_post_goes_to_stripes_page(stripe, visitor, cutter):
    response = visitor.post(CHECKOUT, {"interval": "month"})
    assert (response.status_code, response["Location"]) == (303, session_of(stripe)["url"])


def test_a_post_without_the_token_of_the_form_is_refused(stripe, buyer, cutter):
    client = Client(enforce_csrf_checks=True)
    client.force_login(buyer)
    assert client.post(CHECKOUT).status_code == 403
    assert stripe.find("checkout.session") == []


@pytest.mark.parametrize(
    "change",
    [{"is_public": False}, {"archived_at": timezone.now()}, {"key": "renamed"}],
    ids=["hidden", "archived", "unknown"],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_plan_that_nobody_sells_is_said_so(stripe, visitor, cutter, change, method):
    type(cutter.version.plan).objects.filter(pk=cutter.version.plan_id).update(**change)
    response = getattr(visitor, method)(CHECKOUT)
    assert response.status_code == 404
    assert "This plan is not on sale: it does not exist, or it is no longer offered." in words(response)
    assert stripe.find("checkout.session") == []


def test_the_free_plan_is_not_sold(visitor):
    PlanFactory(key="ashore", is_default=True)
    assert visitor.get("/billing/checkout/ashore/").status_code == 404


def test_an_interval_that_is_not_sold_is_said_so(visitor, cutter):
    assert visitor.get(f"{CHECKOUT}?interval=year").status_code == 404
    assert visitor.get(f"{CHECKOUT}?interval=nonsense").status_code == 200


def test_a_price_that_stripe_does_not_know_is_not_on_sale_yet(visitor, cutter):
    type(cutter).objects.update(stripe_price_id="")
    assert "This plan is not on sale yet" in words(visitor.get(CHECKOUT))


def test_a_silent_stripe_is_said_and_the_next_try_works(stripe, visitor, cutter):
    stripe.fail("503", times=3)
    response = visitor.post(CHECKOUT)
    assert response.status_code == 503
    assert "Nothing was charged and nothing is lost. Please try again in a minute." in words(response)
    assert visitor.post(CHECKOUT).status_code == 303


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_subscriber_is_led_to_the_change_and_never_buys_twice(visitor, buyer, stripe, cutter, method):
    SubscriptionFactory(customer=ensure_customer(user=buyer), price=cutter)
    response = getattr(visitor, method)(CHECKOUT, follow=True)
    assert response.redirect_chain[0] == ("/billing/change/cutter/?interval=month", 303)
    assert response.redirect_chain[-1][0] == "/billing/"
    assert "That is the plan you have" in words(response)


def test_who_paid_in_another_tab_is_led_to_the_overview(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    stripe.complete_checkout(session_of(stripe)["id"])
    assert visitor.post(CHECKOUT)["Location"] == "/billing/"


def test_a_checkout_of_another_plan_in_the_same_moment_is_said(
    stripe, visitor, buyer, cutter, publish, monkeypatch
):
    """Another tab stored its intent between our look and our own."""
    other = publish("skiff")
    customer = ensure_customer(user=buyer)

    def meanwhile(_):
        CheckoutAttemptFactory(customer=customer, price=other)

    monkeypatch.setattr("billing.checkout.services.live_subscription", meanwhile)
    response = visitor.post(CHECKOUT)
    assert response.status_code == 409
    assert "You began another checkout in another tab." in words(response)


def test_coming_back_without_paying_keeps_the_choice(visitor, cutter):
    page = words(visitor.get(f"{CHECKOUT}?interval=month&cancelled=1"))
    assert "You came back without paying" in page
    assert "Go to payment" in page


def test_too_many_starts_in_a_minute_are_slowed_down(stripe, visitor, cutter):
    for _ in range(10):
        assert visitor.post(CHECKOUT).status_code == 303
    response = visitor.post(CHECKOUT)
    assert (response.status_code, response["Retry-After"]) == (429, "60")
    assert visitor.get(CHECKOUT).status_code == 200


def test_success_reads_stripe_itself_and_welcomes(stripe, visitor, cutter):
    visitor.post(CHECKOUT, {"next": "/soundings/how-to-read-a-bad-month/"})
    session = session_of(stripe)
    stripe.complete_checkout(session["id"])
    page = words(visitor.get("/billing/success/", {"session_id": session["id"]}))
    assert "Welcome to Cutter" in page
    assert 'href="/soundings/how-to-read-a-bad-month/"' in page
    assert "hx-get" not in page
    assert Subscription.objects.get().status == "trialing"


def test_success_again_changes_nothing(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    session = session_of(stripe)
    stripe.complete_checkout(session["id"])
    for _ in range(3):
        assert visitor.get("/billing/success/", {"session_id": session["id"]}).status_code == 200
    assert Subscription.objects.count() == 1


def test_success_without_a_payment_opens_nothing_and_looks_again(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    session = session_of(stripe)
    page = words(visitor.get("/billing/success/", {"session_id": session["id"]}))
    assert "One moment, please" in page
    assert f'hx-get="/billing/success/?session_id={session["id"]}&amp;tries=1"' in page
    assert not Subscription.objects.exists()


def test_success_with_a_silent_stripe_looks_again(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    session = session_of(stripe)
    stripe.complete_checkout(session["id"])
    stripe.fail("503", times=3)
    address = f"/billing/success/?session_id={session['id']}"
    assert "One moment, please" in words(visitor.get(address))
    partial = visitor.get(f"{address}&tries=1", headers={"HX-Request": "true"})
    assert "Welcome to Cutter" in words(partial)
    assert "<html" not in words(partial)


def test_success_stops_asking_and_says_so(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    address = f"/billing/success/?session_id={session_of(stripe)['id']}"
    page = words(visitor.get(f"{address}&tries=19"))
    assert "This takes longer than usual" in page
    assert "hx-get" not in page
    assert "One moment" in words(visitor.get(f"{address}&tries=99999"))
    assert "One moment" in words(visitor.get(f"{address}&tries=x"))


def test_success_of_an_expired_checkout_offers_the_plan_again(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    session = session_of(stripe)
    stripe.advance(hours=25)
    page = words(visitor.get("/billing/success/", {"session_id": session["id"]}))
    assert "This checkout has expired" in page
    assert 'href="/billing/checkout/cutter/?interval=month&amp;currency=EUR"' in page


@pytest.mark.parametrize("session_id", ["", "cs_unknown", "{CHECKOUT_SESSION_ID}"])
def test_success_of_an_unknown_session_is_not_found(visitor, cutter, session_id):
    assert visitor.get("/billing/success/", {"session_id": session_id}).status_code == 404


def test_success_of_somebody_elses_session_is_not_found(stripe, visitor, cutter):
    visitor.post(CHECKOUT)
    other = Client()
    other.force_login(UserFactory())
    assert other.get("/billing/success/", {"session_id": session_of(stripe)["id"]}).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "evil",
        "/\\evil.example",
        "/" + "x" * 2000,
    ],
)
def test_a_way_back_that_leaves_the_site_is_dropped(stripe, visitor, cutter, path):
    visitor.post(CHECKOUT, {"next": path})
    assert CheckoutAttempt.objects.get().return_path == ""


def test_success_needs_a_session_and_a_get(visitor):
    assert Client().get("/billing/success/").status_code == 302
    assert visitor.post("/billing/success/").status_code == 405


@pytest.mark.parametrize("who_comes_first", ["customer", "webhook"])
def test_the_audit_log_says_that_a_checkout_did_it(stripe, visitor, cutter, who_comes_first):
    """Whether the customer comes back first, or Stripe's event does."""
    visitor.post(CHECKOUT, {"interval": "month"})
    session = session_of(stripe)
    stripe.complete_checkout(session["id"])
    with acting(origin="job"):
        if who_comes_first == "webhook":
            handle_waiting(customer_id=StripeCustomer.objects.get().pk)
    visitor.get("/billing/success/", {"session_id": session["id"]})
    made = AuditEntry.objects.get(kind="subscription", operation="insert")
    assert made.origin == "checkout"


def test_what_a_job_does_without_a_checkout_is_the_jobs(stripe, visitor, cutter):
    visitor.post(CHECKOUT, {"interval": "month"})
    session = session_of(stripe)
    stripe.complete_checkout(session["id"])
    visitor.get("/billing/success/", {"session_id": session["id"]})
    subscription = Subscription.objects.get()
    stripe.client().v1.subscriptions.cancel(subscription.stripe_id)
    with acting(origin="job"):
        handle_waiting(customer_id=subscription.customer_id)
    assert AuditEntry.objects.filter(kind="subscription").latest("id").origin == "job"
