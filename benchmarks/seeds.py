"""Fills tables with a hundred thousand rows in seconds: PostgreSQL copies one row that was made with care."""

from collections.abc import Mapping

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Model

from billing.customers.models import StripeCustomer
from billing.subscriptions.models import Subscription
from billing.webhooks.models import InboxEvent
from tests.factories.billing import InboxEventFactory, SubscriptionFactory


def fill_with_customers(count: int) -> None:
    """So many users with a payer, a subscription and an event each; nobody at Stripe knows them."""
    subscription = SubscriptionFactory()
    customer = subscription.customer
    event = InboxEventFactory(customer=customer, stripe_customer_id=customer.stripe_id, state="processed")
    people = get_user_model()
    user = people.objects.get(pk=customer.user_id)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no audit log of rows nobody changed
    own = {"customer_id": f"{customer.pk} + n"}
    _multiply(user, count, {"email": "'crowd' || n || '@example.com'"})
    _multiply(
        customer,
        count,
        {
            "user_id": f"{user.pk} + n",
            "stripe_id": "'cus_crowd' || n",
            "reference": "gen_random_uuid()",
        },
    )
    _multiply(subscription, count, {**own, "stripe_id": "'sub_crowd' || n"})
    _multiply(event, count, {**own, "stripe_event_id": "'evt_crowd' || n"})
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
        for model in (people, StripeCustomer, Subscription, InboxEvent):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def _multiply(row: Model, count: int, different: Mapping[str, str]) -> None:
    """Copy ``row`` so many times; ``different`` says by column what the n-th copy has instead, in SQL."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields]
    values = {"id": f"{row.pk} + n", **different}
    chosen = ", ".join(values.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({names}) SELECT {chosen} FROM "{table}", generate_series(1, %s) n '  # noqa: S608
            "WHERE id = %s",
            [count, row.pk],
        )
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM \"{table}\"))"  # noqa: S608
        )
