"""Read the mailbox from a test or a script, over its JSON API."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

PATIENCE = 60.0  # seconds


class NoMailError(AssertionError):
    """The mail that was waited for did not come."""


@dataclass(frozen=True)
class Mailbox:
    """A running mailbox: where its page is and where mail for it goes."""

    url: str
    smtp_port: int

    @property
    def email_url(self) -> str:
        """The EMAIL_URL that makes the site send its mail here."""
        return f"smtp://127.0.0.1:{self.smtp_port}"

    def messages(self, to: str = "") -> list[dict[str, Any]]:
        """The mails to ``to``, newest first."""
        query = urlencode({"to": to})
        with urlopen(f"{self.url}/api/messages?{query}", timeout=10) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def wait_for(self, *, to: str, subject: str = "", seconds: float = PATIENCE) -> dict[str, Any]:
        """The newest mail to ``to`` whose subject contains ``subject``, waiting until it comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for message in self.messages(to):
                if subject.lower() in message["subject"].lower():
                    return message
            time.sleep(0.1)
        subjects = [message["subject"] for message in self.messages(to)]
        raise NoMailError(f"No mail to {to} with {subject!r} in its subject came; there are {subjects}.")

    def clear(self) -> None:
        """Delete every mail."""
        urlopen(Request(f"{self.url}/api/messages", method="DELETE"), timeout=10).close()
