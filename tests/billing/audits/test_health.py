"""The panel on the admin's front page: red when something needs somebody, and cheap."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.audits.doctor import examine
from billing.audits.health import HEALTH, check_breaker, examine_health
from billing.gateway.accounts import retrieve_account
from billing.gateway.errors import StripeUnavailable
from billing.notices.alerts import close_alert, raise_alert
from billing.webhooks.models import InboxEvent
from members.roles import BILLING_ADMINS, EDITORS
from tests.billing.admin.conftest import signed_in
from tests.factories.billing import InboxEventFactory

pytestmark = pytest.mark.django_db


def troubles() -> list[str]:
    return [finding.sentence for finding in examine_health() if not finding.ok]


def wait_for(**age: int) -> None:
    event = InboxEventFactory()
    InboxEvent.objects.filter(pk=event.pk).update(received_at=timezone.now() - timedelta(**age))


def front_page(role: str = BILLING_ADMINS) -> str:
    return signed_in(role).get(reverse("wagtailadmin_home")).content.decode()


def test_all_is_well_where_nothing_waits():
    assert troubles() == []
    assert len(examine_health()) == len(HEALTH)


def test_an_event_that_waits_for_a_moment_is_no_trouble():
    wait_for(minutes=4)
    assert troubles() == []
    assert "1 event of Stripe" in " ".join(finding.sentence for finding in examine_health())


def test_an_event_that_waits_for_more_than_five_minutes_is_trouble():
    wait_for(minutes=4)
    wait_for(hours=3)
    [sentence] = troubles()
    assert sentence.startswith("The oldest of 2 waiting events came 3 hours ago: is a worker running?")


def test_what_was_worked_off_or_ignored_never_counts_as_waiting():
    for state in ("processed", "ignored"):
        InboxEventFactory(state=state)
    InboxEvent.objects.update(received_at=timezone.now() - timedelta(days=1))
    assert troubles() == []


def test_parked_events_are_trouble():
    InboxEventFactory(state="failed")
    [sentence] = troubles()
    assert sentence.startswith("1 event of Stripe failed too often and is parked")


def test_an_alert_is_trouble_while_it_is_open():
    raise_alert(rule="test", subject="one", sentence="Something happened.")
    assert troubles() == ["1 alert is open: look at what happened."]
    close_alert(rule="test", subject="one")
    assert troubles() == []


def test_whoever_may_view_alerts_sees_it_and_editors_do_not():
    assert "Billing health" in front_page()
    assert "All is well." in front_page()
    assert "Billing health" not in front_page(EDITORS)


def test_it_turns_red_and_leads_to_what_is_wrong():
    wait_for(minutes=6)
    page = front_page()
    assert "billing-health--bad" in page
    assert "Something needs you." in page
    assert f'href="{reverse("billing_events_modeladmin_index")}?state__exact=received"' in page


def test_it_costs_the_same_however_much_waits():
    with CaptureQueriesContext(connection) as little:
        examine_health()
    for number in range(30):
        wait_for(minutes=number)
        InboxEventFactory(state="failed")
        raise_alert(rule="test", subject=str(number), sentence="Something happened.")
    with CaptureQueriesContext(connection) as much:
        examine_health()
    assert len(much) == len(little) <= len(HEALTH)


def test_a_stripe_that_rests_is_said_by_panel_and_doctor(stripe):
    assert [finding.ok for finding in check_breaker()] == [True]
    for _ in range(5):
        stripe.fail("503", times=3)
        with pytest.raises(StripeUnavailable):
            retrieve_account()
    for findings in (examine_health(), examine()):
        [said] = [finding.sentence for finding in findings if "asked once every" in finding.sentence]
        assert said.startswith("Stripe has not answered since")
