"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the set-up: what is right, or what is wrong and what to do.

    ``link`` is the address in the admin where it can be done; empty where there is none.
    """

    ok: bool
    sentence: str
    link: str = ""


def good(sentence: str, *, link: str = "") -> Finding:
    """Something is as it should be."""
    return Finding(ok=True, sentence=sentence, link=link)


def bad(sentence: str, *, link: str = "") -> Finding:
    """Something is wrong; the sentence says what to do."""
    return Finding(ok=False, sentence=sentence, link=link)
