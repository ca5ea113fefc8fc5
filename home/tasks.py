"""Gathers the app's jobs, so that a worker knows them."""

from home.contact.tasks import mail_message
from home.gate.pictures import settle_all_pictures, settle_pictures
from home.scheduled_publishing import publish_what_is_due

__all__ = ["mail_message", "publish_what_is_due", "settle_all_pictures", "settle_pictures"]
