"""The mail of a notice, and the one moment in which it is handed over."""

import smtplib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from billing.notices.alerts import raise_alert
from billing.notices.models import Notice
from billing.notices.tokens import unsubscribe_token
from billing.notices.topics import COPY_TO, Topic, topic_of
from billing.notices.wording import Words

PATIENCE = timedelta(minutes=10)


def mail_notice(*, notice_id: int) -> None:
    """Mail one notice, once whatever is retried.

    The connection is opened first: a server out of reach raises, and the job comes again. Then the notice is
    claimed, so that no second job sends it. A server that says no gives the claim back; one that falls silent
    in the middle may have taken the mail, so it is not tried again and an alert tells whoever runs the site.
    A notice that went with its account meanwhile is told to nobody.
    """
    notice = Notice.objects.select_related("user").filter(pk=notice_id, user__is_active=True).first()
    if notice is None or notice.mailed_at:
        return
    with get_connection() as connection:
        if not _claim(notice):
            return
        try:
            _mail_of(notice, connection).send()
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused):
            Notice.objects.filter(pk=notice.pk).update(mail_begun_at=None)
            raise
    Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())


def tell_of_unsure_mails() -> None:
    """Raise an alert for every mail whose hand-over was begun and never confirmed."""
    unsure = Notice.objects.filter(mailed_at=None, mail_begun_at__lt=timezone.now() - PATIENCE)
    for notice in unsure.only("pk", "topic"):
        sentence = (
            f"The mail “{topic_of(notice.topic).name}” (notice {notice.pk}) was begun and perhaps never sent."
            " It is not tried again, so that nobody gets it twice. The customer sees the notice on the site."
        )
        raise_alert(rule="notice_mail_unsure", subject=str(notice.pk), sentence=sentence)


def compose(*, words: Words, topic: Topic, url: str, to: str, unsubscribe_url: str) -> EmailMultiAlternatives:
    """The mail in both forms; an optional topic can be left with one click, without signing in (RFC 8058)."""
    context = {
        "words": words,
        "topic": topic,
        "url": absolute(url),
        "unsubscribe_url": unsubscribe_url,
        "choices_url": absolute(reverse("billing:notice_choices")),
        "SITE_NAME": settings.WAGTAIL_SITE_NAME,
        "SITE_URL": settings.SITE_URL,
    }
    mail = EmailMultiAlternatives(
        subject=words.subject,
        body=render_to_string("email/notice.txt", context),
        to=[to],
        reply_to=[settings.SUPPORT_EMAIL],
        headers=_headers(unsubscribe_url),
    )
    mail.attach_alternative(render_to_string("email/notice.html", context), "text/html")
    return mail


def absolute(url: str) -> str:
    """An address that works in a mail."""
    return url if urlsplit(url).scheme else f"{settings.SITE_URL}{url}"


def _claim(notice: Notice) -> bool:
    free = Notice.objects.filter(pk=notice.pk, mail_begun_at=None)
    return free.update(mail_begun_at=timezone.now()) == 1


def _mail_of(notice: Notice, connection: Any) -> EmailMultiAlternatives:
    topic = topic_of(notice.topic)
    mail = compose(
        words=Words(notice.title, notice.text, notice.button),
        topic=topic,
        url=notice.url,
        to=notice.user.email,
        unsubscribe_url="" if topic.required else _unsubscribe_url(notice),
    )
    mail.connection = connection
    mail.cc = [notice.context[COPY_TO]] if notice.context.get(COPY_TO) else []
    return mail


def _unsubscribe_url(notice: Notice) -> str:
    token = unsubscribe_token(user_id=notice.user_id, topic=notice.topic)
    return absolute(reverse("billing:unsubscribe", args=[token]))


def _headers(unsubscribe_url: str) -> dict[str, str]:
    automatic = {"Auto-Submitted": "auto-generated"}
    if not unsubscribe_url:
        return automatic
    return {
        **automatic,
        "List-Unsubscribe": f"<{unsubscribe_url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
