"""Gathers the app's jobs, so that a worker knows them."""

from home.article_reports.tasks import end_lapsed_reports, make_report, throw_old_reports_away
from home.contact.tasks import mail_message
from home.gate.pictures import settle_all_pictures, settle_pictures
from home.scheduled_publishing import publish_what_is_due

__all__ = [
    "end_lapsed_reports",
    "mail_message",
    "make_report",
    "publish_what_is_due",
    "settle_all_pictures",
    "settle_pictures",
    "throw_old_reports_away",
]
