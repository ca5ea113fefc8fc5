"""The session's user comes with the payer, in one join."""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from billing.api import check, use
from billing.catalog.models import Feature
from members.backends import MemberBackend
from members.models import CustomUser
from tests.factories.billing import PlanVersionFactory, StripeCustomerFactory
from tests.factories.members import PersonFactory, person_in

pytestmark = pytest.mark.django_db


def test_a_user_is_loaded_with_the_payer_in_one_query(django_assert_num_queries) -> None:
    payer = StripeCustomerFactory(user=PersonFactory())
    with django_assert_num_queries(1):
        user = MemberBackend().get_user(payer.user_id)
        assert user is not None
        assert user.stripe_customer == payer


def test_a_user_who_never_paid_costs_no_second_query(django_assert_num_queries) -> None:
    person = PersonFactory()
    with django_assert_num_queries(1):
        user = MemberBackend().get_user(person.pk)
        assert not hasattr(user, "stripe_customer")


def test_a_process_that_lives_past_midnight_loads_what_is_used_on_the_new_day(monkeypatch) -> None:
    PlanVersionFactory(plan__is_default=True, features={"questions": 5})
    Feature.objects.update(period="day")
    person, today = PersonFactory(), timezone.now()
    for days in (0, 1):
        monkeypatch.setattr(timezone, "now", lambda days=days: today + timedelta(days=days))
        use(person, "questions", key="one", quantity=1 + days)
        assert check(MemberBackend().get_user(person.pk), "questions").used == 1 + days


def test_a_deactivated_user_is_signed_out_with_the_next_request(client: Client) -> None:
    person = PersonFactory()
    client.force_login(person)
    assert client.get("/accounts/email/").status_code == 200
    person.is_active = False
    person.save()
    assert client.get("/accounts/email/").status_code == 302


def test_an_unknown_user_is_nobody() -> None:
    assert MemberBackend().get_user(0) is None


def test_an_async_view_gets_the_payer_too(django_assert_num_queries) -> None:
    payer = StripeCustomerFactory(user=PersonFactory())
    with django_assert_num_queries(1):
        user = async_to_sync(MemberBackend().aget_user)(payer.user_id)
        assert user is not None
        assert user.stripe_customer == payer


@pytest.mark.parametrize(("way", "queries"), [("of a request", 0), ("found otherwise", 1)])
def test_permissions_of_a_person_and_their_groups_come_along_or_are_one_query(
    django_assert_num_queries: Any, way: str, queries: int
) -> None:
    person = person_in("Editors")
    person.user_permissions.add(Permission.objects.get(codename="change_customuser"))
    person_in("Billing admins")
    stored = CustomUser.objects.get(pk=person.pk)
    loaded = MemberBackend().get_user(person.pk) if way == "of a request" else stored
    expected = ModelBackend().get_all_permissions(CustomUser.objects.get(pk=person.pk))

    with django_assert_num_queries(queries):
        assert loaded.has_perm("wagtailadmin.access_admin")
        assert loaded.has_perm("members.change_customuser")
        assert not loaded.has_perm("billing.change_plan")
    assert loaded.get_all_permissions() == expected


def test_who_is_inactive_or_a_superuser_keeps_djangos_rules() -> None:
    person = person_in("Editors")
    person.is_active = False
    assert MemberBackend().get_all_permissions(person) == set()
    person.is_active = person.is_superuser = True
    assert person.has_perm("billing.change_plan")
