"""Our address and allauth's always say the same."""

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from members.models import CustomUser
from members.people import keep_address_in_step, register_person
from tests.factories.members import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db


def test_addresses_are_kept_in_lower_case() -> None:
    person = register_person(email="Ada@Example.COM", password=PASSWORD)
    assert person.email == "ada@example.com"
    assert EmailAddress.objects.get(user=person).email == "ada@example.com"


def test_the_database_refuses_a_second_account_that_differs_only_in_case() -> None:
    register_person(email="ada@example.com")
    with pytest.raises(IntegrityError), transaction.atomic():
        CustomUser.objects.bulk_create([CustomUser(email="ADA@example.com")])


def test_a_person_is_found_whatever_the_case_of_the_address() -> None:
    person = register_person(email="ada@example.com")
    assert CustomUser.objects.get_by_natural_key("ADA@Example.com") == person


def test_a_person_needs_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail address"):
        CustomUser.objects.create_user("")


def test_whoever_is_registered_without_proof_verifies_at_the_first_sign_in() -> None:
    assert not EmailAddress.objects.get(user=register_person(email="ada@example.com")).verified
    assert EmailAddress.objects.get(user=register_person(email="b@example.com", verified=True)).verified


def test_the_first_superuser_can_sign_in_before_mail_is_set_up() -> None:
    root = CustomUser.objects.create_superuser("root@example.com", PASSWORD)
    assert EmailAddress.objects.get(user=root).verified


def test_an_address_changed_by_an_admin_replaces_the_old_one_unverified() -> None:
    person = PersonFactory(email="old@example.com")
    person.email = "new@example.com"
    person.save()
    keep_address_in_step(user=person)
    address = EmailAddress.objects.get(user=person)
    assert (address.email, address.verified, address.primary) == ("new@example.com", False, True)


def test_an_address_that_did_not_change_stays_verified() -> None:
    person = PersonFactory()
    keep_address_in_step(user=person)
    assert EmailAddress.objects.get(user=person).verified


def test_a_person_without_a_name_is_called_by_their_address() -> None:
    assert CustomUser(email="ada@example.com").name == "ada"
    assert CustomUser(first_name="Ada", last_name="Lovelace").name == "Ada Lovelace"
