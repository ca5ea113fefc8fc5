"""The mail about a message: to whom the editor named, answered to the visitor."""

from collections.abc import Iterable
from typing import Any

from django.core.mail import EmailMessage

Line = tuple[str, Any]


def message_mail(
    *, to: str, subject: str, page_url: str, lines: Iterable[Line], visitor: str
) -> EmailMessage:
    """The mail to every address in ``to`` (separated by commas).

    Nothing a visitor wrote stands in a header but ``visitor``, their address, which the form checked; Django
    refuses line breaks in headers on top of that.
    """
    body = "\n\n".join(f"{label}:\n{_as_text(value)}" for label, value in lines)
    return EmailMessage(
        subject=subject,
        body=f"{body}\n\n--\nWritten on {page_url}\n",
        to=[address.strip() for address in to.split(",") if address.strip()],
        reply_to=[visitor] if visitor else None,
    )


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
