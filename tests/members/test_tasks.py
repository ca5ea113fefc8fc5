"""Nothing is kept of a session that ended."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from members.tasks import forget_ended_sessions
from tests.factories.members import PersonFactory, sign_in

pytestmark = pytest.mark.django_db


def test_every_night_what_is_known_of_ended_sessions_is_forgotten(client: Client) -> None:
    sign_in(client, PersonFactory())
    gone = Client()
    sign_in(gone, PersonFactory())
    Session.objects.filter(pk=gone.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )
    forget_ended_sessions(timestamp=0)
    assert UserSession.objects.get().session_key == client.session.session_key
    assert Session.objects.count() == 1
