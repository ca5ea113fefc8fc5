"""What is over is deleted when the settings say so, in batches; what is not finished never is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from djstripe.models import Event, WebhookEventTrigger

from billing.webhooks import pruning
from billing.webhooks.models import EventAttempt, InboxEvent
from billing.webhooks.pruning import prune
from billing.webhooks.tasks import prune_events

pytestmark = pytest.mark.django_db

NUMBERS = iter(range(10**9))


def fill(count, *, days, state="processed"):
    """``count`` events that came so many days ago, each with its payload and an attempt."""
    moment = timezone.now() - timedelta(days=days)
    triggers = WebhookEventTrigger.objects.bulk_create(
        WebhookEventTrigger(remote_ip="127.0.0.1", headers={}, body="{}") for _ in range(count)
    )
    events = InboxEvent.objects.bulk_create(
        InboxEvent(
            stripe_event_id=f"evt_{next(NUMBERS)}", type="customer.updated", state=state, trigger=trigger
        )
        for trigger in triggers
    )
    EventAttempt.objects.bulk_create(EventAttempt(event=event, outcome="done") for event in events)
    WebhookEventTrigger.objects.filter(pk__in=[row.pk for row in triggers]).update(created=moment)
    InboxEvent.objects.filter(pk__in=[row.pk for row in events]).update(received_at=moment)


def left():
    return WebhookEventTrigger.objects.count(), InboxEvent.objects.count(), EventAttempt.objects.count()


def test_payloads_go_before_the_rows_that_tell_of_them():
    fill(1, days=29)
    fill(1, days=31)
    fill(1, days=91)
    assert prune() == {"payloads": 2, "copies": 0, "events": 1, "secrets": 0}
    assert left() == (1, 2, 2)
    assert InboxEvent.objects.filter(trigger=None).count() == 1


@pytest.mark.parametrize("state", ["received", "failed"])
def test_what_is_not_finished_is_kept_with_its_payload_however_old(state):
    fill(3, days=900, state=state)
    fill(3, days=900, state="ignored")
    prune()
    assert left() == (3, 3, 3)


def test_what_was_sent_by_strangers_goes_too():
    WebhookEventTrigger.objects.create(remote_ip="203.0.113.9", headers={}, body="forged")
    WebhookEventTrigger.objects.update(created=timezone.now() - timedelta(days=31))
    assert prune()["payloads"] == 1


def test_copies_that_djstripe_made_go_once_their_payload_went():
    kept = Event.objects.create(id="evt_kept", livemode=False, data={}, type="x")
    Event.objects.create(id="evt_gone", livemode=False, data={}, type="x")
    fill(1, days=31, state="failed")
    WebhookEventTrigger.objects.update(event=kept)
    Event.objects.update(djstripe_created=timezone.now() - timedelta(days=31))
    assert prune()["copies"] == 1
    assert list(Event.objects.all()) == [kept]


def test_the_settings_say_when(settings):
    fill(1, days=10)
    settings.BILLING_KEEP_PAYLOADS_DAYS, settings.BILLING_KEEP_EVENTS_DAYS = 5, 20
    prune()
    assert left() == (0, 1, 1)


def test_ten_thousand_rows_go_in_batches_of_a_thousand():
    fill(10_000, days=91)
    fill(20, days=91, state="received")
    fill(20, days=1)
    with CaptureQueriesContext(connection) as queries:
        assert prune()["events"] == 10_000
    assert left() == (40, 40, 40)
    assert len(queries) < 20 * 15  # batches, queries each
    longest = max(query["sql"].count(",") for query in queries)
    assert longest < pruning.BATCH * 12


def test_a_night_has_an_end_and_the_next_one_goes_on(monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 10)
    monkeypatch.setattr(pruning, "MOST_BATCHES", 2)
    fill(30, days=91)
    prune()
    assert left()[0] == 10
    prune()
    assert left() == (0, 0, 0)


def test_it_runs_each_night():
    fill(1, days=91)
    prune_events(timestamp=0)
    assert left() == (0, 0, 0)
