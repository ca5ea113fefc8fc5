"""The audit log: every change leaves a trace that nobody can take back."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.actors import acting
from billing.audits.models import AuditEntry
from billing.catalog.models import Feature, Plan, PlanFeature, Price
from billing.publishing.services import request_publication
from billing.publishing.tasks import publish_catalog
from billing.subscriptions.models import Subscription
from config.settings import base
from tests.billing.admin.conftest import admin, signed_in
from tests.billing.webhooks.test_worker import run_worker
from tests.factories.billing import (
    FeatureFactory,
    PlanFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
    UserFactory,
)

__all__ = ["admin"]

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]
ADD_A_FEATURE = "from billing.catalog.models import Feature; Feature.objects.create(key='a', name='A')"


def entries(kind: str) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(kind=kind).order_by("id"))


def last() -> AuditEntry:
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    return entry


def test_a_row_that_is_made_changed_and_deleted_leaves_three_entries():
    plan = PlanFactory(name="Team")
    Plan.objects.filter(pk=plan.pk).update(name="Crew", position=3)
    plan.delete()
    made, changed, deleted = entries("plan")
    assert (made.operation, made.before, made.after["name"]) == ("insert", None, "Team")
    assert (changed.before, changed.after) == (
        {"name": "Team", "position": 0},
        {"name": "Crew", "position": 3},
    )
    assert (deleted.operation, deleted.label, deleted.after) == ("delete", "Crew", None)
    assert {entry.row_id for entry in (made, changed, deleted)} == {changed.row_id}


def test_an_entry_says_who_why_and_from_where():
    person = UserFactory(email="ada@example.com")
    with acting(user=person, why="She asked for it", origin="admin", place="POST /admin/billing/plans/"):
        PlanFactory()
    entry = last()
    assert (entry.user_id, entry.user_email) == (person.pk, "ada@example.com")
    assert (entry.why, entry.origin, entry.place) == (
        "She asked for it",
        "admin",
        "POST /admin/billing/plans/",
    )


def test_what_nobody_named_came_straight_at_the_database():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO billing_feature VALUES (DEFAULT, 'a', 'A', '', 'switch', '', '', 0)")
    assert (last().origin, last().user_id, last().label) == ("database", None, "A")


def test_an_inner_block_says_more_and_the_outer_one_goes_on_after_it():
    with acting(user=UserFactory(email="a@example.com"), origin="admin"):
        with acting(why="A reason"):
            PlanFactory()
        PlanFactory()
    PlanFactory()
    first, second, third = entries("plan")
    assert (first.user_email, first.why) == ("a@example.com", "A reason")
    assert (second.user_email, second.why, second.origin) == ("a@example.com", "", "admin")
    assert (third.user_email, third.origin) == ("", "database")


def test_a_savepoint_that_was_rolled_back_takes_its_entries_along_and_not_the_name():
    with acting(origin="job"):
        PlanFactory(key="one")
        with pytest.raises(IntegrityError), transaction.atomic():
            Plan.objects.create(key="one", name="Again")
        PlanFactory(key="two")
    assert [entry.after["key"] for entry in entries("plan")] == ["one", "two"]
    assert last().origin == "job"


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_of_the_callers_the_name_holds_for_its_statement_alone():
    with acting(origin="command", why="100 % sure, isn't it?"):
        made = FeatureFactory()
    assert made.pk == Feature.objects.get().pk
    assert (last().origin, last().why) == ("command", "100 % sure, isn't it?")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('billing.actor', true)")
        assert cursor.fetchone() == ("",)
        cursor.execute("UPDATE billing_feature SET name = '100 % new'")
        assert cursor.rowcount == 1
        cursor.execute("UPDATE billing_feature SET name = 'None' WHERE false")
        assert cursor.rowcount == 0
    assert (last().origin, last().after) == ("database", {"name": "100 % new"})


def test_changes_of_one_transaction_carry_its_number():
    PriceFactory(version=PlanVersionFactory(features={"seats": 3}))
    assert AuditEntry.objects.count() == 5
    assert AuditEntry.objects.values("transaction").distinct().count() == 1


@pytest.mark.parametrize(
    ("make", "label"),
    [
        (lambda: PlanFactory(name="Team"), "Team"),
        (lambda: PlanVersionFactory(plan__name="Team"), "Team, version 1"),
        (lambda: PriceFactory(version__plan__name="Team"), "Team, version 1: 1900 EUR per month"),
        (lambda: FeatureFactory(key="seats"), "Seats"),
        (
            lambda: PlanVersionFactory(plan__name="Team", features={"seats": 3}),
            "Team, version 1: Seats",
        ),
        (
            lambda: SubscriptionFactory(
                price__version__plan__name="Team", customer__stripe_email="a@example.com"
            ),
            "a@example.com: Team, version 1",
        ),
    ],
)
def test_an_entry_names_the_row_as_people_do(make, label):
    make()
    assert last().label == label


@pytest.mark.parametrize(
    ("make", "noise"),
    [
        (SubscriptionFactory, {"last_synced_at": timezone.now}),
        (PlanFactory, {"changed_at": timezone.now, "stripe_compared_at": timezone.now}),
    ],
)
def test_noise_leaves_no_entry(make, noise):
    row = make()
    before = AuditEntry.objects.count()
    type(row).objects.filter(pk=row.pk).update(**{field: value() for field, value in noise.items()})
    row.save()
    assert AuditEntry.objects.count() == before
    assert not noise.keys() & last().after.keys()


def test_a_column_that_sounds_like_a_secret_is_never_copied():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE billing_feature ADD COLUMN webhook_secret text DEFAULT 'hush'")
        cursor.execute("INSERT INTO billing_feature VALUES (DEFAULT, 'a', 'A', '', 'switch', '', '', 0)")
    assert "hush" not in str(last().after)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_auditentry SET why = 'nothing'",
        "DELETE FROM billing_auditentry",
        "TRUNCATE billing_auditentry",
        "SET LOCAL session_replication_role = replica; DELETE FROM billing_auditentry",
    ],
)
def test_nobody_takes_an_entry_back_not_even_the_owner_of_the_table(statement):
    PlanFactory()
    with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
        connection.cursor().execute(statement)
    assert entries("plan")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_auditentry SET why = 'nothing'",
        "DELETE FROM billing_auditentry",
        "TRUNCATE billing_auditentry",
    ],
)
def test_a_role_that_may_do_everything_with_the_table_adds_to_it_and_no_more(statement):
    """As a site whose role does not own its tables: every right of the table is granted to it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE audited_site")
        cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO audited_site")
        cursor.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO audited_site")
        cursor.execute("SET ROLE audited_site")
        PlanFactory()
        with pytest.raises(DatabaseError, match="only ever added to"), transaction.atomic():
            cursor.execute(statement)
        cursor.execute("RESET ROLE")
    assert entries("plan")


def test_emptying_a_table_is_an_entry_too():
    FeatureFactory()
    connection.cursor().execute("TRUNCATE billing_feature CASCADE")
    assert entries("feature")[-1].operation == "truncate"


@pytest.mark.parametrize("model", [Plan, Price, Feature, PlanFeature, Subscription])
def test_every_table_that_must_be_is_under_audit(model):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE 'audit_%%'",
            [model._meta.db_table],
        )
        assert cursor.fetchone() == (2,)


def test_a_request_names_the_person_and_the_address(admin):
    plan = PlanVersionFactory(plan__is_public=False).plan
    url = reverse("billing_plans_modeladmin_move", args=[plan.pk])
    admin.post(url)
    entry = last()
    assert entry.user_email.startswith("person")
    assert (entry.origin, entry.place) == ("admin", f"POST {url}")
    assert list(entry.after) == ["archived_at"]


@pytest.mark.parametrize("path", ["/accounts/login/", "/billing/", "/admin/billing/plans/"])
def test_a_request_that_only_reads_costs_no_query_more(settings, path):
    named, unnamed = (_queries("get", [path, path], settings, named=named) for named in (True, False))
    assert named == unnamed


def test_naming_the_person_costs_no_query_of_its_own(settings):
    plans = [PlanVersionFactory(plan__is_public=False).plan for _ in range(4)]
    paths = [reverse("billing_plans_modeladmin_move", args=[plan.pk]) for plan in plans]
    assert _queries("post", paths[:2], settings, named=True) == _queries(
        "post", paths[2:], settings, named=False
    )
    assert [entry.origin for entry in entries("plan")[-3:]] == ["admin", "database", "database"]


def _queries(method: str, paths: list[str], settings: Any, *, named: bool) -> int:
    """How many queries the last of the requests makes, once the first ones have filled every memory."""
    every = base.MIDDLEWARE
    settings.MIDDLEWARE = every if named else [name for name in every if "ActingMiddleware" not in name]
    client = signed_in("Billing admins")
    *before, last_one = paths
    for path in before:
        getattr(client, method)(path)
    with CaptureQueriesContext(connection) as queries:
        getattr(client, method)(last_one)
    return len(queries)


def test_asynchronous_blocks_do_not_mix_their_names():
    async def add(key: str) -> None:
        with acting(why=key):
            await asyncio.sleep(0)
            await sync_to_async(FeatureFactory)(key=key)

    async def both() -> None:
        await asyncio.gather(add("one"), add("two"))

    async_to_sync(both)()
    assert {entry.after["key"]: entry.why for entry in entries("feature")} == {"one": "one", "two": "two"}


@pytest.mark.django_db(transaction=True)
def test_a_job_names_itself(stripe):
    """As the worker of the site runs it, with the middleware that the configuration gives it."""
    PriceFactory(version__plan__name="Team")
    job = publish_catalog.defer(publication_id=request_publication().pk)
    run_worker()
    entry = entries("price")[-1]
    assert (entry.origin, entry.place) == ("job", f"billing.publishing.tasks.publish_catalog {job}")
    assert list(entry.after) == ["stripe_price_id"]


def test_a_command_names_itself(database_url):
    subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", ADD_A_FEATURE],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        check=True,
        capture_output=True,
    )
    assert (last().origin, last().place) == ("command", "manage.py shell")
