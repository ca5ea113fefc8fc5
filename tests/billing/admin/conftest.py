"""The people who meet billing's screens."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from tests.factories.billing import UserFactory


def signed_in(*groups: str) -> Client:
    """A browser in which a member of ``groups`` is signed in."""
    user = UserFactory()
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(db: None) -> Client:
    """A billing admin."""
    return signed_in("Billing admins")


@pytest.fixture
def editor(db: None) -> Client:
    """An editor."""
    return signed_in("Editors")
