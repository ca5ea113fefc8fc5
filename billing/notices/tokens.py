"""Signed words in links of mails, which prove whose they are without a sign-in."""

from django.core import signing

UNSUBSCRIBE = "billing.notices.unsubscribe"


def unsubscribe_token(*, user_id: int, topic: str) -> str:
    """Names one person and one topic. It does not expire: a mail may be left years later."""
    return signing.dumps([user_id, topic], salt=UNSUBSCRIBE)


def read_unsubscribe_token(token: str) -> tuple[int, str] | None:
    """The person's id and the topic; ``None`` for anything we did not sign."""
    try:
        user_id, topic = signing.loads(token, salt=UNSUBSCRIBE)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return int(user_id), str(topic)
