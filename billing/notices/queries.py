"""What somebody was told, and how they want to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from billing.notices.models import Notice, NoticeChoice
from billing.notices.topics import TOPICS, Topic


@dataclass(frozen=True, slots=True)
class Chosen:
    """One line of the settings: a topic and the channels it comes by."""

    topic: Topic
    by_mail: bool
    in_app: bool


def notices_of(user: Any) -> QuerySet[Notice]:
    """What the site shows this person, newest first."""
    return Notice.objects.filter(user=user, is_in_app=True)


def unread_count() -> Coalesce:
    """How many notices a user of a queryset has not read, to be read with the user: no query of its own."""
    unread = Notice.objects.filter(user=OuterRef("pk"), is_in_app=True, read_at=None).order_by()
    counted = unread.annotate(one=Func(F("user"), function="COUNT")).values("one")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def choices_of(user: Any) -> list[Chosen]:
    """Every topic with this person's channels, in the order of the topics. One query."""
    chosen = {row.topic: row for row in NoticeChoice.objects.filter(user=user)}
    return [_chosen(topic, chosen.get(topic.key)) for topic in TOPICS.values()]


def choices_in(sent: Mapping[str, str]) -> list[Chosen]:
    """The same, as the boxes of a form say it."""
    return [
        Chosen(
            topic,
            by_mail=f"mail-{topic.key}" in sent or topic.required,
            in_app=f"site-{topic.key}" in sent,
        )
        for topic in TOPICS.values()
    ]


def _chosen(topic: Topic, row: NoticeChoice | None) -> Chosen:
    if row is None:
        return Chosen(topic, by_mail=True, in_app=True)
    return Chosen(topic, by_mail=row.by_mail or topic.required, in_app=row.in_app)
