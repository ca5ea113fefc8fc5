"""The SMTP side: takes any mail up to a size, for anybody, and never sends one on."""

import logging
import sqlite3

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sandbox.mailbox.message import read_letter
from sandbox.mailbox.store import MailStore
from sandbox.processes import LOOPBACK

LARGEST_MAIL = 25 * 1024 * 1024  # bytes

logger = logging.getLogger(__name__)


class _Catcher:
    """Keeps what is delivered; the method's name is aiosmtpd's."""

    def __init__(self, store: MailStore) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Store one mail and answer as an SMTP server does."""
        raw = envelope.content or b""
        raw = raw.encode() if isinstance(raw, str) else raw
        subject = read_letter(raw).subject[:500]
        try:
            self.store.add(
                sender=envelope.mail_from or "", recipients=envelope.rcpt_tos, subject=subject, raw=raw
            )
        except sqlite3.Error as error:
            logger.error("A mail was refused because it could not be stored: %s.", error)  # noqa: TRY400
            return "452 Requested action not taken: the mailbox cannot write to its disk"
        return "250 Kept, and not sent on"


def start_smtp(store: MailStore, port: int) -> Controller:
    """Serve SMTP on a loopback port, in a thread; the caller stops it."""
    controller = Controller(
        _Catcher(store), hostname=LOOPBACK, port=port, data_size_limit=LARGEST_MAIL, ready_timeout=30
    )
    controller.start()
    return controller
