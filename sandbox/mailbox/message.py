"""What a mail says, read from its bytes however malformed they are."""

import re
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

UNREADABLE = (ValueError, LookupError, AttributeError, TypeError, RecursionError)
_LINK = re.compile(r"""https?://[^\s<>"')\]]+""")


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail, or a picture that its HTML shows."""

    name: str
    content_type: str
    content_id: str
    content: bytes


@dataclass
class Letter:
    """A mail taken apart: headers worth showing, its text, its HTML, its attachments."""

    subject: str = "(no subject)"
    sender: str = ""
    to: str = ""
    text: str = ""
    html: str = ""
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def links(self) -> list[str]:
        """The addresses in the text and the HTML, in order, each once."""
        found = _LINK.findall(self.text) + _LINK.findall(self.html.replace("&amp;", "&"))
        return list(dict.fromkeys(link.rstrip(".,;") for link in found))


def read_letter(raw: bytes) -> Letter:
    """Take a mail apart; a part that cannot be read is left out, never an error."""
    try:
        message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
        parts = list(message.walk())
    except UNREADABLE:
        return Letter(subject="(unreadable mail)", text=raw[:100_000].decode(errors="replace"))
    letter = Letter(
        subject=_header(message, "subject") or "(no subject)",
        sender=_header(message, "from"),
        to=_header(message, "to"),
    )
    for part in parts:
        if not part.is_multipart():
            _add_part(letter, part)
    return letter


def _add_part(letter: Letter, part: Message) -> None:
    content_type = part.get_content_type()
    if _is_attachment(part) or content_type not in ("text/plain", "text/html"):
        letter.attachments.append(_attachment(part, len(letter.attachments) + 1))
    elif content_type == "text/html":
        letter.html = letter.html or _text(part)
    else:
        letter.text = letter.text or _text(part)


def _is_attachment(part: Message) -> bool:
    try:
        return part.get_content_disposition() == "attachment"
    except UNREADABLE:
        return False


def _attachment(part: Message, number: int) -> Attachment:
    try:
        name = part.get_filename() or f"part-{number}"
    except UNREADABLE:
        name = f"part-{number}"
    content_id = _header(part, "content-id").strip("<> ")
    return Attachment(name, part.get_content_type(), content_id, _content(part))


def _content(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except UNREADABLE:
        return b""
    return payload if isinstance(payload, bytes) else b""


def _text(part: Message) -> str:
    content = _content(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except UNREADABLE:
        return content.decode("latin-1")


def _header(message: Message, name: str) -> str:
    try:
        return str(message.get(name, "")).replace("\n", " ").replace("\r", "").strip()
    except UNREADABLE:
        return ""
