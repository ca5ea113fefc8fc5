"""Grants from a file: read and checked as a whole first, then given line by line, each once."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.dateparse import parse_date

from billing.credits.amounts import positive
from billing.credits.errors import CreditsRefused
from billing.credits.grants import Terms, grant
from billing.credits.models import CreditLot
from billing.customers.services import note_payer

REQUIRED = ("email", "credits", "reason", "reference")
LARGEST_FILE = 2_000_000
MOST_LINES = 5_000
LONGEST_REFERENCE = 150


class UnreadableFile(Exception):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """The file as a whole cannot be used; ``sentence`` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(slots=True)
class BulkLine:
    """One line of the file, with what is wrong with it.

    ``told`` are the credits as they were typed. ``done``: its reference gave these credits before.
    """

    number: int
    email: str
    reference: str
    reason: str
    user: Any = None
    told: str = ""
    amount: Decimal = Decimal(0)
    until: datetime | None = None
    done: bool = False
    errors: list[str] = field(default_factory=list)


def read_bulk(content: bytes) -> list[BulkLine]:
    """Every line with its errors; nothing is granted. Raises ``UnreadableFile``. Three queries."""
    lines = [_read(number, row) for number, row in _rows(content)]
    people = _people({line.email for line in lines})
    known = _known_references(lines)
    seen: set[str] = set()
    for line in lines:
        _judge(line, people, known, seen)
    return lines


def grant_bulk(lines: list[BulkLine], *, by: Any) -> tuple[int, int]:
    """Grant what has no errors; gives how many were granted now and how many had been before."""
    given = before = 0
    for line in lines:
        if line.errors:
            continue
        terms = Terms(CreditLot.Source.PROMOTION, _source_ref(line.reference), expires_at=line.until)
        try:
            payer = note_payer(user=line.user)
            granted = grant(customer=payer, amount=line.amount, terms=terms, reason=line.reason, by=by)
        except CreditsRefused as refusal:
            line.errors.append(refusal.sentence)
            continue
        before += granted.replayed
        given += not granted.replayed
    return given, before


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    if len(content) > LARGEST_FILE:
        raise UnreadableFile("The file is larger than 2 MB. Split it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFile("The file is no UTF-8 text. Save it as “CSV UTF-8”.") from None
    delimiter = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    reader = csv.DictReader(StringIO(text.replace("\x00", "")), delimiter=delimiter)
    missing = [name for name in REQUIRED if name not in (reader.fieldnames or [])]
    if missing:
        raise UnreadableFile(f"The first line must name the columns; {', '.join(missing)} is missing.")
    for number, row in enumerate(reader, start=2):
        if number > MOST_LINES + 1:
            raise UnreadableFile(f"The file has more than {MOST_LINES} lines. Split it.")
        yield number, {name: (row[name] or "").strip() for name in reader.fieldnames or []}


def _read(number: int, row: dict[str, str]) -> BulkLine:
    line = BulkLine(number, row["email"].lower(), row["reference"], row["reason"], told=row["credits"])
    try:
        line.amount = positive(row["credits"])
    except CreditsRefused as refusal:
        line.errors.append(refusal.sentence)
    if row.get("until"):
        line.until = _until(row["until"], line.errors)
    return line


def _until(text: str, errors: list[str]) -> datetime | None:
    """The end of a day, UTC."""
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        errors.append(f"“{text}” is no date. Write it as 2027-03-14.")
        return None
    end = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC)
    if end <= timezone.now():
        errors.append(f"{text} is over. Choose a later day, or leave it empty.")
    return end


def _people(emails: set[str]) -> dict[str, Any]:
    users = get_user_model().objects.select_related("stripe_customer").filter(email__in=emails)
    return {user.email.lower(): user for user in users}


def _known_references(lines: list[BulkLine]) -> dict[str, CreditLot]:
    references = [_source_ref(line.reference) for line in lines]
    lots = CreditLot.objects.filter(source=CreditLot.Source.PROMOTION, source_ref__in=references)
    return {lot.source_ref: lot for lot in lots.select_related("account__customer__user")}


def _judge(line: BulkLine, people: dict[str, Any], known: dict[str, CreditLot], seen: set[str]) -> None:
    line.user = people.get(line.email)
    if line.user is None:
        line.errors.append("Nobody here has this e-mail address.")
    if not line.reason or len(line.reason) > 255:
        line.errors.append("A reason of at most 255 characters is needed.")
    if not line.reference or len(line.reference) > LONGEST_REFERENCE:
        line.errors.append(f"A reference of at most {LONGEST_REFERENCE} characters is needed.")
    if line.reference in seen:
        line.errors.append("Another line of this file has the same reference.")
    seen.add(line.reference)
    lot = known.get(_source_ref(line.reference))
    if lot and (lot.account.customer.user.email.lower(), lot.granted) != (line.email, line.amount):
        line.errors.append("This reference gave other credits before. Choose a new one.")
    line.done = lot is not None and not line.errors


def _source_ref(reference: str) -> str:
    return f"bulk-{reference}"
