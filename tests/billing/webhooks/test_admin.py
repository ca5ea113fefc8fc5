"""The inbox in the admin: what arrived, what became of it, a picture of the day, and replay."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from billing.webhooks.chart import draw, in_words, last_hours
from billing.webhooks.models import EventAttempt, InboxEvent
from tests.billing.admin.conftest import signed_in
from tests.factories.billing import InboxEventFactory, StripeCustomerFactory, UserFactory, inbox_payload

pytestmark = pytest.mark.django_db

INDEX = reverse("billing_events_modeladmin_index")
REPLAY = reverse("billing_events_modeladmin_replay")


@pytest.fixture
def admin():
    return signed_in("Billing admins")


@pytest.fixture
def onlooker():
    """May see events, and change nothing."""
    user = UserFactory()
    wanted = ["access_admin", "view_inboxevent"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(user)
    return client


def came(hours_ago, **fields):
    event = InboxEventFactory(**fields)
    InboxEvent.objects.filter(pk=event.pk).update(received_at=timezone.now() - timedelta(hours=hours_ago))
    return event


def listed(client, **query):
    return {event.pk for event in client.get(INDEX, query).context["object_list"]}


def page(client, event):
    return client.get(reverse("billing_events_modeladmin_inspect", args=[event.pk])).content.decode()


def queued():
    return set(ProcrastinateJob.objects.filter(status="todo").values_list("queueing_lock", flat=True))


def test_events_are_found_by_state_subject_day_customer_and_type(admin):
    customer = StripeCustomerFactory()
    parked = came(1, state="failed", type="invoice.paid", customer=customer)
    old = came(24 * 3, type="charge.dispute.created")
    recent = came(0)
    day = (timezone.now() - timedelta(days=3)).date().isoformat()
    assert listed(admin) == {parked.pk, old.pk, recent.pk}
    assert listed(admin, state__exact="failed") == {parked.pk}
    assert listed(admin, about="disputes") == {old.pk}
    assert listed(admin, about="invoices") == {parked.pk}
    assert listed(admin, day=day) == {old.pk}
    assert listed(admin, customer=customer.pk) == {parked.pk}
    assert listed(admin, type="invoice.paid") == {parked.pk}


@pytest.mark.parametrize(
    "query", [{"day": "nonsense"}, {"day": "9999-12-31"}, {"day": "0001-01-01"}, {"state__exact": "x"}]
)
def test_a_filter_that_makes_no_sense_does_no_harm(admin, query):
    came(0)
    assert admin.get(INDEX, query, follow=True).status_code == 200


@pytest.mark.parametrize(
    "query", [{"about": "x"}, {"customer": "x"}, {"customer": "9" * 40}, {"customer": "٣"}]
)
def test_a_value_nobody_offers_is_ignored(admin, query):
    came(0)
    assert admin.get(INDEX, query).status_code == 200


def test_a_list_costs_the_same_with_one_event_and_with_many(admin):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            admin.get(INDEX, {"about": "subscriptions"})
        return len(queries)

    came(1, customer=StripeCustomerFactory())
    admin.get(INDEX)
    one = cost()
    for number in range(30):
        event = came(number, customer=StripeCustomerFactory(), state="failed")
        EventAttempt.objects.create(event=event, outcome="failed")
    assert cost() == one


def test_the_picture_shows_the_day_hour_by_hour():
    for hours in (0, 0, 5, 30):
        event = came(hours, state="processed")
        moment = InboxEvent.objects.get(pk=event.pk).received_at
        InboxEvent.objects.filter(pk=event.pk).update(
            processed_at=moment + timedelta(seconds=90 if hours else 1)
        )
    EventAttempt.objects.create(event=event, outcome="failed")
    EventAttempt.objects.create(event=event, outcome="done")
    hours = last_hours()
    assert [hour.events for hour in hours if hour.events] == [1, 2]
    assert len(hours) == 24
    events, lag, failures = draw(hours)
    assert events.sentence == "3 came in 24 hours, 2 in the busiest one."
    assert lag.sentence == "The slowest took 90 s."
    assert failures.sentence == "1 attempts failed in 24 hours."
    assert events.bars[-1].height == 80
    assert [bar.height for bar in events.bars if bar.height] == [40, 80]


def test_a_day_without_events_has_an_empty_picture():
    charts = draw(last_hours())
    assert {bar.height for chart in charts for bar in chart.bars} == {0}
    assert charts[2].sentence == "No attempt failed in 24 hours."


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.42, "0.4 s"), (12, "12 s"), (300, "5 min"), (3600 * 5, "5 h")]
)
def test_a_span_is_told_as_somebody_reads_it(seconds, words):
    assert in_words(timedelta(seconds=seconds)) == words


def test_the_picture_is_told_in_words_and_numbers_too(admin):
    came(0)
    content = admin.get(INDEX).content.decode()
    assert 'role="img"' in content
    assert 'aria-label="Events, hour by hour: 1 came in 24 hours, 1 in the busiest one."' in content
    assert "The same in numbers" in content
    assert "<script" not in content.split('class="billing-charts"')[1].split("</details>")[0]


def test_an_event_shows_its_payload_masked_and_every_attempt(admin):
    customer = StripeCustomerFactory()
    payload = inbox_payload({"data": {"object": {"object": "customer", "email": "ada@example.com"}}})
    event = came(1, customer=customer, trigger=payload, type="customer.updated")
    EventAttempt.objects.create(event=event, outcome="failed", error="Boom: no", request_id="req_1")
    EventAttempt.objects.create(event=event, outcome="replayed", by=customer.user)
    EventAttempt.objects.create(event=event, outcome="done", changes=["Subscription sub_1 is new: active."])
    content = page(admin, event)
    for words in ("Boom: no", "req_1", "Replay asked for", "Subscription sub_1 is new: active.", "•••"):
        assert words in content
    assert "&quot;object&quot;: &quot;customer&quot;" in content
    assert "ada@example.com" not in content
    assert f"{INDEX}?customer={customer.pk}" in content
    subscriptions = reverse("billing_subscriptions_modeladmin_index")
    assert f"{subscriptions}?q={customer.user.email.replace('@', '%40')}" in content


def test_an_event_whose_payload_is_gone_says_so(admin):
    content = page(admin, came(1))
    assert "It is not kept any more." in content
    assert "Nobody has tried it yet." in content


def test_an_event_costs_the_same_with_one_attempt_and_with_many(admin):
    event = came(1, trigger=inbox_payload({}))
    EventAttempt.objects.create(event=event, outcome="failed")
    page(admin, event)
    with CaptureQueriesContext(connection) as one:
        page(admin, event)
    for _ in range(20):
        EventAttempt.objects.create(event=event, outcome="replayed", by=UserFactory())
    with CaptureQueriesContext(connection) as many:
        page(admin, event)
    assert len(many) == len(one)


def test_one_is_replayed_after_a_question(admin):
    customer = StripeCustomerFactory()
    event = came(1, state="failed", customer=customer)
    assert f'href="{REPLAY}?event={event.pk}"' in page(admin, event)
    question = admin.get(REPLAY, {"event": event.pk}).content.decode()
    assert "1 event will be handled again, as if" in " ".join(question.split())
    event.refresh_from_db()
    assert event.state == "failed"
    response = admin.post(REPLAY, {"event": event.pk}, follow=True)
    assert "1 event will be handled again in a moment." in response.content.decode()
    event.refresh_from_db()
    assert event.state == "received"
    assert queued() == {f"reconcile-{customer.pk}"}
    assert event.history.get().outcome == "replayed"


def test_many_are_replayed_and_those_that_wait_are_left_alone(admin):
    done = [came(1, state="processed", customer=StripeCustomerFactory()) for _ in range(3)]
    waiting = came(1, customer=StripeCustomerFactory())
    response = admin.post(REPLAY, {"event": [*(event.pk for event in done), waiting.pk]}, follow=True)
    content = response.content.decode()
    assert "3 events will be handled again" in content
    assert "1 event could not be replayed" in content
    assert len(queued()) == 3


def test_pressing_twice_is_pressing_once(admin):
    event = came(1, state="failed", customer=StripeCustomerFactory())
    for _ in range(2):
        admin.post(REPLAY, {"event": event.pk})
    assert event.history.count() == 1


def test_all_that_is_parked_is_replayed_at_once(admin):
    for _ in range(3):
        came(1, state="failed", customer=StripeCustomerFactory())
    came(1, state="processed", customer=StripeCustomerFactory())
    assert f'href="{REPLAY}?parked=1"' in admin.get(INDEX).content.decode()
    question = admin.get(REPLAY, {"parked": 1})
    assert len(question.context["chosen"]) == 3
    admin.post(REPLAY, {"event": [event.pk for event in question.context["chosen"]]})
    assert len(queued()) == 3


@pytest.mark.parametrize(
    "query", [{}, {"event": "x"}, {"event": "9" * 40}, {"event": "-1"}, {"event": ["", "٣"]}]
)
def test_choosing_nothing_that_exists_does_nothing(admin, query):
    assert "No event was chosen" in admin.get(REPLAY, query).content.decode()
    assert "nothing was done" in admin.post(REPLAY, query, follow=True).content.decode()
    assert queued() == set()


def test_who_may_only_look_can_neither_choose_nor_replay(onlooker):
    event = came(1, state="failed", customer=StripeCustomerFactory())
    content = onlooker.get(INDEX).content.decode()
    assert event.type in content
    assert REPLAY not in content + page(onlooker, event)
    for response in (onlooker.get(REPLAY, {"event": event.pk}), onlooker.post(REPLAY, {"event": event.pk})):
        assert (response.status_code, response.url) == (302, reverse("wagtailadmin_home"))
    event.refresh_from_db()
    assert event.state == "failed"


def test_editors_and_visitors_meet_nothing_of_it():
    event = came(1, state="failed")
    for client in (signed_in("Editors"), Client()):
        assert client.get(INDEX).status_code == 302
        assert client.post(REPLAY, {"event": event.pk}).status_code == 302
    event.refresh_from_db()
    assert event.state == "failed"


def test_a_form_of_another_site_replays_nothing():
    user = UserFactory(is_superuser=True)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    event = came(1, state="failed", customer=StripeCustomerFactory())
    assert client.post(REPLAY, {"event": event.pk}).status_code == 403
    assert queued() == set()
