"""The dashboard says where a person stands and what to do next."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from billing.subscriptions.models import Subscription
from members.models import CustomUser
from members.roles import EDITORS
from tests.factories.billing import (
    PlanFactory,
    PlanVersionFactory,
    StripeCustomerFactory,
    SubscriptionFactory,
)
from tests.factories.home import ArticleIndexPageFactory, HelpIndexPageFactory
from tests.factories.members import PersonFactory, add_totp, person_in

pytestmark = pytest.mark.django_db

Status = Subscription.Status
SOON = datetime(2031, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def person(client: Client) -> CustomUser:
    person: CustomUser = PersonFactory()
    client.force_login(person)
    return person


def subscribed(person: CustomUser, **fields: object) -> Subscription:
    payer = StripeCustomerFactory(user=person)
    return SubscriptionFactory(customer=payer, current_period_end=SOON, **fields)


def shown(client: Client) -> str:
    """The page's source, without the spaces around its tags."""
    source = " ".join(client.get("/dashboard/").content.decode().split())
    return re.sub(r" ?(<[^>]+>) ?", r"\1", source)


def test_somebody_new_is_shown_the_way_to_the_plans(client: Client, person: CustomUser) -> None:
    page = shown(client)
    assert "You have no plan yet" in page
    assert 'href="/pricing/"' in page
    assert "1 of 4 done" in page


def test_somebody_on_the_free_plan_reads_its_name(client: Client, person: CustomUser) -> None:
    PlanVersionFactory(plan=PlanFactory(name="Harbour", is_default=True))
    assert "You are on Harbour, our free plan" in shown(client)


def test_a_customer_sees_plan_status_and_next_payment(client: Client, person: CustomUser) -> None:
    subscription = subscribed(person)
    page = shown(client)
    assert subscription.version.plan.name in page
    assert "Active" in page
    assert "€19 on 4 May 2031" in page
    assert "Compare plans" not in page


def test_a_trial_says_when_it_ends(client: Client, person: CustomUser) -> None:
    subscribed(person, status=Status.TRIALING, trial_end=SOON)
    assert "Free trial until</dt><dd>4 May 2031" in shown(client)


def test_a_cancelled_plan_says_when_it_ends_and_asks_for_no_payment(
    client: Client, person: CustomUser
) -> None:
    subscribed(person, cancel_at=SOON)
    page = shown(client)
    assert "Ends on</dt><dd>4 May 2031" in page
    assert "Next payment" not in page


@pytest.mark.parametrize("status", [Status.PAST_DUE, Status.UNPAID, Status.PAUSED])
def test_a_missing_payment_is_the_first_thing_to_see(client: Client, person: CustomUser, status: str) -> None:
    subscribed(person, status=status)
    page = shown(client)
    assert "Your plan needs you" in page
    assert 'href="/billing/"' in page


def test_a_step_that_is_done_needs_no_link(client: Client, person: CustomUser) -> None:
    add_totp(person)
    page = shown(client)
    assert "2 of 4 done" in page
    assert ">Set it up</a>" not in page


def test_who_has_done_everything_is_asked_for_nothing(client: Client) -> None:
    person = PersonFactory(first_name="Ada")
    client.force_login(person)
    add_totp(person)
    subscribed(person)
    page = shown(client)
    assert "Hello, Ada" in page
    assert "What to do next" not in page


def test_what_somebody_calls_themselves_is_not_taken_for_markup(client: Client) -> None:
    client.force_login(PersonFactory(first_name="<script>"))
    assert "Hello, &lt;script&gt;" in shown(client)


def test_people_who_run_the_site_find_the_admin(client: Client, person: CustomUser) -> None:
    assert "You help to run this site" not in shown(client)
    client.force_login(person_in(EDITORS))
    assert "Open the admin" in shown(client)
    assert "database admin" not in shown(client)
    client.force_login(CustomUser.objects.create_superuser("root@example.com"))
    assert "Open the database admin" in shown(client)


def test_articles_and_help_are_offered_where_an_editor_made_them(client: Client, person: CustomUser) -> None:
    assert "Go on reading" not in shown(client)
    section = ArticleIndexPageFactory(title="Soundings", introduction="Essays about numbers.")
    HelpIndexPageFactory(title="Help")
    ArticleIndexPageFactory(title="Not yet", live=False)
    page = shown(client)
    assert f'href="{section.url}">Soundings</a>' in page
    assert "Essays about numbers." in page
    assert ">Help</a>" in page
    assert "Not yet" not in page


def test_the_number_of_queries_does_not_grow_with_history(
    client: Client, django_assert_max_num_queries
) -> None:
    person = PersonFactory()
    client.force_login(person)
    payer = StripeCustomerFactory(user=person)
    for months in range(12):
        SubscriptionFactory(
            customer=payer, status=Status.CANCELED, started_at=timezone.now() - timedelta(days=30 * months)
        )
    SubscriptionFactory(customer=payer)
    client.get("/dashboard/")
    with django_assert_max_num_queries(12) as captured:
        client.get("/dashboard/")
    assert sum("stripecustomer" in query["sql"] for query in captured.captured_queries) <= 2


def test_nobody_else_may_keep_a_copy_of_the_page(client: Client, person: CustomUser) -> None:
    assert "no-store" in client.get("/dashboard/")["Cache-Control"]
