"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the set-up: what is right, or what is wrong and what to do."""

    ok: bool
    sentence: str


def good(sentence: str) -> Finding:
    """Something is as it should be."""
    return Finding(ok=True, sentence=sentence)


def bad(sentence: str) -> Finding:
    """Something is wrong; the sentence says what to do."""
    return Finding(ok=False, sentence=sentence)
