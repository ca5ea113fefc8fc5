"""What is tidied up every night."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from procrastinate.contrib.django import app


@app.periodic(cron="23 3 * * *")
@app.task(queue="members", queueing_lock="forget-sessions")
def forget_ended_sessions(timestamp: int) -> None:
    """Delete sessions that ran out, and what was known of their devices: addresses are personal data."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
