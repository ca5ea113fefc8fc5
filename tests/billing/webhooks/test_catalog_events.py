"""Products and prices that somebody edits at Stripe: noticed, told, and over once they agree again."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.notices.models import Alert
from billing.publishing.services import publish, request_publication
from billing.webhooks.comparison import handle_catalog_events
from billing.webhooks.jobs import COMPARE
from billing.webhooks.models import InboxEvent
from tests.factories.billing import InboxEventFactory, PlanVersionFactory, PriceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def product(stripe, endpoint, post, work):
    """A plan that Stripe sells as the catalog says; its events have been worked off."""
    PriceFactory(version=PlanVersionFactory(plan__key="cutter", plan__name="Cutter"))
    publish(publication=request_publication())
    stripe.deliver(post)
    work()
    [product] = stripe.find("product")
    return product["id"]


def rename(stripe, product, name):
    stripe.client().v1.products.update(product, {"name": name})


def drift():
    return Alert.objects.filter(rule="catalog_drift", closed_at=None)


def test_publishing_leads_to_events_and_to_no_alert(product):
    assert not drift().exists()
    assert set(InboxEvent.objects.values_list("state", flat=True)) == {"processed"}


def test_an_edit_at_stripe_is_told_in_a_sentence(stripe, product, post, work):
    rename(stripe, product, "Cruiser")
    stripe.deliver(post)
    work()
    [alert] = drift()
    assert "differ in 1 place" in alert.sentence
    assert "name is “Cruiser” in Stripe, “Cutter” here" in alert.sentence
    event = InboxEvent.objects.get(type="product.updated")
    assert event.state == "processed"
    assert "“Cruiser”" in event.history.get().changes[0]


def test_it_is_over_once_stripe_agrees_again(stripe, product, post, work):
    for name in ("Cruiser", "Cutter"):
        rename(stripe, product, name)
        stripe.deliver(post)
        work()
    assert not drift().exists()
    assert Alert.objects.filter(rule="catalog_drift").count() == 1


def test_many_events_are_one_comparison(stripe, product, post):
    for name in "abc":
        rename(stripe, product, name)
    stripe.client().v1.products.update(product, {"active": False})
    stripe.deliver(post)
    [job] = ProcrastinateJob.objects.filter(task_name=COMPARE)
    assert job.lock == "publish-catalog"
    asked = []
    stripe.observers.append(lambda request, _: asked.append(request.path))
    handle_catalog_events()
    assert InboxEvent.objects.filter(type="product.updated", state="processed").count() == 4
    assert asked == ["/v1/products", "/v1/prices"]


def test_nothing_waits_and_nobody_is_asked(stripe, product):
    asked = []
    stripe.observers.append(lambda request, _: asked.append(request.path))
    handle_catalog_events()
    assert asked == []


def test_a_comparison_that_fails_is_noted(product, monkeypatch):
    monkeypatch.setattr("billing.webhooks.comparison.report_drift", lambda: 1 / 0)
    event = InboxEventFactory(type="price.updated")
    with pytest.raises(ZeroDivisionError):
        handle_catalog_events()
    event.refresh_from_db()
    assert (event.state, event.attempts) == ("received", 1)
