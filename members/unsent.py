"""What somebody typed into a form that was sent after their session was over waits here for them."""

import re
import time

from django.core import signing
from django.http import HttpRequest

NAME = "typed_by"
"""The field in which a form says for whom its page was made; a form without it is not kept."""

LARGEST = 10_000  # characters of all names and values together
SECONDS = 30 * 60

_KEPT = "members.unsent"
_NEVER = re.compile("password|secret|token", re.IGNORECASE)


def seal(person: int) -> str:
    """The value of that field, for the account with this key."""
    return signing.dumps(person, salt=_KEPT)


def keep(request: HttpRequest, *, page: str) -> bool:
    """Keep the fields of the form in the session of whoever is here now; say whether that was done.

    Until somebody signs in nobody reads it. Files are no fields, and what looks like a secret is left out.
    """
    person = _person_in_front(request)
    typed = {name: value for name, value in request.POST.items() if name != NAME and not _NEVER.search(name)}
    if person is None or sum(map(len, (*typed, *typed.values()))) > LARGEST:
        return False
    until = time.time() + SECONDS
    request.session[_KEPT] = {"person": person, "page": page, "typed": typed, "until": until}
    return True


def give_back(request: HttpRequest) -> dict[str, str]:
    """What was kept for this person and this page, once; another account's words are dropped unread."""
    kept = request.session.get(_KEPT)
    if kept is None:
        return {}
    is_theirs = kept["person"] == request.user.pk and kept["until"] > time.time()
    if is_theirs and kept["page"] != request.path:
        return {}
    del request.session[_KEPT]
    return kept["typed"] if is_theirs else {}


def forget_others(request: HttpRequest, *, person: int) -> None:
    """Drop at sign-in what was kept for another account."""
    if request.session.get(_KEPT, {}).get("person") != person:
        request.session.pop(_KEPT, None)


def _person_in_front(request: HttpRequest) -> int | None:
    try:
        return int(signing.loads(request.POST.get(NAME, ""), salt=_KEPT))
    except signing.BadSignature:
        return None
