"""The class cookie: a signed word, bound to the session, of who reads and which class they were in.

It opens nothing by itself. Whoever holds it must hold the session's cookie too, and what they may read is
looked up by the process that answers.
"""

import time
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

NAME = "quickscale_reader"
LIFE = 300  # seconds until a reader's session is looked at again
_SALT = "home.page_cache.cookie"


@dataclass(frozen=True, slots=True)
class Word:
    """What the cookie says."""

    person: int
    stamp: str


def read(request: HttpRequest) -> Word | None:
    """The word of this request's cookie; None for one that is missing, forged, old, or of another session."""
    person, _, rest = request.COOKIES.get(NAME, "").partition(".")
    stamp, _, rest = rest.partition(".")
    ends, _, signature = rest.partition(".")
    if not (person.isdecimal() and ends.isdecimal() and signature):
        return None
    if int(ends) <= time.time() or not constant_time_compare(signature, _sign(request, person, stamp, ends)):
        return None
    return Word(int(person), stamp)


def write(request: HttpRequest, response: HttpResponseBase, word: Word) -> None:
    """Send the cookie along."""
    person, ends = str(word.person), str(int(time.time()) + LIFE)
    response.set_cookie(
        NAME,
        f"{person}.{word.stamp}.{ends}.{_sign(request, person, word.stamp, ends)}",
        max_age=LIFE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def drop(response: HttpResponseBase) -> None:
    """Take the cookie back."""
    response.delete_cookie(NAME, samesite="Lax")


def _sign(request: HttpRequest, person: str, stamp: str, ends: str) -> str:
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    signed = f"{person}.{stamp}.{ends}.{session}"
    return salted_hmac(_SALT, signed, algorithm="sha256").hexdigest()[:32]
