"""The people who can sign in to a demo site, all with the password that the caller gives."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account; ``group`` gives them their part of the admin."""

    email: str
    first_name: str
    last_name: str
    group: str = ""
    is_superuser: bool = False


PEOPLE = (
    Person("admin@example.com", "Tomasz", "Okafor", is_superuser=True),
    Person("editor@example.com", "Lucie", "Brandt", group="Editors"),
    Person("billing@example.com", "Ravi", "Sandoval", group="Billing admins"),
    Person("member@example.com", "Mara", "Lindqvist"),
)


def ensure_people(password: str) -> None:
    """Make the accounts that are missing, with a verified address; an existing account keeps its password."""
    for person in PEOPLE:
        _ensure(person, password)


def _ensure(person: Person, password: str) -> None:
    users = get_user_model().objects
    user = users.filter(email=person.email).first()
    if user is None:
        user = users.create_user(
            email=person.email,
            password=password,
            first_name=person.first_name,
            last_name=person.last_name,
            is_superuser=person.is_superuser,
            is_staff=person.is_superuser,
        )
    EmailAddress.objects.get_or_create(
        user=user, email=person.email, defaults={"verified": True, "primary": True}
    )
    if person.group:
        user.groups.add(Group.objects.get(name=person.group))
