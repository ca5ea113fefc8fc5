"""Tells a customer something, once, on the site and by mail as they chose."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from billing.notices.models import Notice, NoticeChoice
from billing.notices.topics import Topic, topic_of
from billing.notices.wording import values_for, words_of

SEND_NOTICE = "billing.notices.tasks.send_notice"


@transaction.atomic
def notify(*, user: Any, topic: str, key: str, context: Mapping[str, str] | None = None) -> Notice | None:
    """Tell ``user`` about ``topic``; a second call with the same ``key`` changes nothing and gives ``None``.

    Joins the caller's transaction: the notice, its mail and what it is about exist together or not at all.
    ``context`` fills in the topic's placeholders; its ``url`` is where the button leads. Raises
    ``UnknownTopic``, and ``ValueError`` where the context lacks something the words may need.
    """
    about = topic_of(topic)
    given = dict(context or {})
    _require(about, given)
    by_mail, in_app = _channels(user, about)
    words = words_of(about).filled(values_for(user, given))
    notice, is_new = Notice.objects.get_or_create(
        key=key,
        defaults={
            "user": user,
            "topic": about.key,
            "title": words.subject[:250],
            "text": words.text,
            "button": words.button,
            "url": given.get("url") or reverse(about.url_name),
            "context": given,
            "is_in_app": in_app,
            "is_by_mail": by_mail,
        },
    )
    if not is_new:
        return None
    if by_mail:
        app.configure_task(SEND_NOTICE, queue="mail").defer(notice_id=notice.pk)
    return notice


def mark_read(*, user: Any, notice_id: int | None = None) -> int:
    """Note that the person saw one notice, or all of them; gives how many were unread."""
    which = Q() if notice_id is None else Q(pk=notice_id)
    return Notice.objects.filter(which, user=user, read_at=None).update(read_at=timezone.now())


def choose(*, user: Any, topic: str, by_mail: bool, in_app: bool) -> None:
    """Keep how somebody wants to hear of a topic; the mail of a required one stays on."""
    about = topic_of(topic)
    NoticeChoice.objects.update_or_create(
        user=user, topic=about.key, defaults={"by_mail": by_mail or about.required, "in_app": in_app}
    )


def unsubscribe(*, user: Any, topic: str) -> None:
    """No more mail about this topic; what the site shows stays as it is. Safe to repeat."""
    NoticeChoice.objects.update_or_create(
        user=user, topic=topic_of(topic).key, defaults={"by_mail": topic_of(topic).required}
    )


def _require(topic: Topic, context: Mapping[str, str]) -> None:
    missing = sorted(set(topic.placeholders) - set(context))
    if missing:
        raise ValueError(f"A notice about {topic.key} needs {', '.join(missing)} in its context.")


def _channels(user: Any, topic: Topic) -> tuple[bool, bool]:
    chosen = NoticeChoice.objects.filter(user=user, topic=topic.key).first()
    if chosen is None:
        return True, True
    return chosen.by_mail or topic.required, chosen.in_app
