"""The words of a notice: an admin's where there are some, else those that come with the site."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps as installed
from django.conf import settings

from billing.notices.models import NoticeWording
from billing.notices.topics import TOPICS, Topic, fill


@dataclass(frozen=True, slots=True)
class Words:
    """What a notice says. With placeholders until they were filled in."""

    subject: str
    text: str
    button: str

    def filled(self, values: Mapping[str, str]) -> "Words":
        """The same with every placeholder replaced; a subject is one line whatever a value holds."""
        subject = " ".join(fill(self.subject, values).split())
        return Words(subject, fill(self.text, values), fill(self.button, values))


def words_of(topic: Topic) -> Words:
    """The words in force. One query."""
    own = NoticeWording.objects.filter(topic=topic.key).first()
    return with_defaults(own, topic=topic)


def with_defaults(own: NoticeWording | None, *, topic: Topic) -> Words:
    """``own`` words, and for every empty field the default."""
    if own is None:
        return Words(topic.subject, topic.text, topic.button)
    return Words(own.subject or topic.subject, own.text or topic.text, own.button or topic.button)


def values_for(user: Any, context: Mapping[str, str]) -> dict[str, str]:
    """Everything that placeholders stand for, for this person."""
    name = user.get_full_name() or user.email.partition("@")[0]
    return {"name": name, "site": settings.WAGTAIL_SITE_NAME, **context}


def make_wordings(apps: Any = installed, **_: Any) -> None:
    """Give every topic a row for admins to write in; connected to ``post_migrate``, on the way back too."""
    try:
        apps.get_model("billing.NoticeWording")
    except LookupError:
        return
    there = set(NoticeWording.objects.values_list("topic", flat=True))
    NoticeWording.objects.bulk_create(
        [NoticeWording(topic=key) for key in TOPICS if key not in there], ignore_conflicts=True
    )
