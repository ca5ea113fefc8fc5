"""Access classes: readers whom a page answers in the same way are the same reader to it. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gate answers one member. ``answers``: feature → why they may or may not.

    ``bought``: pages they paid for. ``stamp`` changes with every change of what they may do; ``until`` is
    the latest moment all this may be believed (``time.time``).
    """

    person: int
    stamp: str
    answers: Mapping[str, str] = field(default_factory=dict)
    bought: frozenset[int] = frozenset()
    until: float = 0.0


VISITOR = None
"""Somebody who is not signed in: they are all of one class."""

Reader = Standing | None


class Questions(NamedTuple):
    """What a page asked the gate when it was made: features by key, and pages that may have been bought."""

    features: frozenset[str] = frozenset()
    pages: frozenset[int] = frozenset()


def class_of(reader: Reader, questions: Questions) -> str:
    """The access class in which a page that asks these questions counts the reader.

    Two readers of one class get the same answers to all of them. A page is made by nothing but its answers,
    so what was made for the one is what would be made for the other.
    """
    if reader is VISITOR:
        return "visitor"
    answers = {key: reader.answers.get(key, "") for key in questions.features}
    return named(answers, reader.bought & questions.pages)


def named(answers: Mapping[str, str], bought: Iterable[int]) -> str:
    """The name of the class of members with these answers, who bought these of the pages asked about."""
    told = ",".join(f"{key}={answers[key]}" for key in sorted(answers))
    return f"member:{told}:{','.join(map(str, sorted(bought)))}"


@dataclass(frozen=True, slots=True)
class Told:
    """The answers that were given while a page was made: they say for whom it was made, nothing else does."""

    answers: Mapping[str, str]
    bought: Mapping[int, bool]

    @property
    def questions(self) -> Questions:
        """What they answer."""
        return Questions(frozenset(self.answers), frozenset(self.bought))

    def is_what(self, reader: Reader) -> bool:
        """Whether these are the answers of the reader's class. Not so when something changed meanwhile."""
        if reader is VISITOR:
            return not any(self.bought.values())
        mine = named(self.answers, (page for page, is_bought in self.bought.items() if is_bought))
        return mine == class_of(reader, self.questions)
