"""Everything a customer may be told about, with the words it is told in unless an admin writes others.

A text is paragraphs separated by an empty line. ``{plan}`` and the like are filled in; each topic says which
of them it knows, with an example for previews. ``{name}`` and ``{site}`` are known everywhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings

COPY_TO = "copy_to"  # in a notice's context: who else gets its mail, such as a bookkeeper
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class UnknownTopic(LookupError):  # noqa: N818  (named for what happened, as Django's exceptions are)
    """No topic has this key: a mistake in code."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of notice. A ``required`` one is mailed whatever somebody prefers: it is about their money.

    ``url_name`` is where the button leads unless the context brings a ``url`` of its own.
    """

    key: str
    name: str
    subject: str
    text: str
    button: str
    placeholders: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    url_name: str = "billing:overview"

    @property
    def known(self) -> Mapping[str, str]:
        """Every placeholder with an example."""
        return {"name": "Ada", "site": settings.WAGTAIL_SITE_NAME, **self.placeholders}


DAY = "14 March 2027"
MONEY = "€36.00"

WELCOME = Topic(
    key="welcome",
    name="Welcome to a plan",
    subject="Welcome to {plan}",
    text="Hello {name},\n\n{plan} is open for you. Everything that belongs to it works from now on.\n\n"
    "Your billing page shows what you have, what it costs and what comes next. You can change or "
    "cancel there.",
    button="See your plan",
    placeholders={"plan": "Cutter"},
    required=False,
)
RECEIPT = Topic(
    key="receipt",
    name="Receipts",
    subject="Your receipt for {amount}",
    text="Hello {name},\n\nThank you: we received {amount} for invoice {number} on {day}.\n\nThe "
    "invoice is kept in your billing, where you can download it as a PDF at any time.",
    button="See the invoice",
    placeholders={"amount": MONEY, "number": "QS-0007", "day": DAY},
)
REFUND = Topic(
    key="refund",
    name="Refunds and credit notes",
    subject="{amount} comes back to you",
    text="Hello {name},\n\nWe gave back {amount} of invoice {number}. It reaches you the way you paid, "
    "which takes a bank five to ten days.\n\nThe invoice in your billing shows it.",
    button="See the invoice",
    placeholders={"amount": MONEY, "number": "QS-0007"},
)
TRIAL_ENDING = Topic(
    key="trial_ending",
    name="A trial that is about to end",
    subject="Your trial of {plan} ends {when}",
    text="Hello {name},\n\nYour free trial of {plan} ends {when}, on {day}. {next}\n\nIf you do not "
    "want to go on, cancel before that day and nothing is charged.",
    button="Look at your plan",
    placeholders={
        "plan": "Cutter",
        "when": "in 3 days",
        "day": DAY,
        "next": "Then €36.00 is charged, and the plan goes on without a break.",
    },
)
RENEWAL_COMING = Topic(
    key="renewal_coming",
    name="A yearly plan that is about to renew",
    subject="{plan} renews on {day}",
    text="Hello {name},\n\nYour yearly plan {plan} renews on {day} for {amount}. You need not do "
    "anything.\n\nIf you do not want another year, cancel before that day and nothing is charged.",
    button="Look at your plan",
    placeholders={"plan": "Cutter", "day": DAY, "amount": "€360.00"},
)
PAYMENT_FAILED = Topic(
    key="payment_failed",
    name="A payment that failed",
    subject="Your payment of {amount} did not go through",
    text="Hello {name},\n\nWe could not collect {amount} for {plan}. That happens: cards expire and "
    "banks say no.\n\n{plan} stays open until {day}. Until then we try again, and you can pay with "
    "any card by the link below. It needs no password and works for {link_days} days.\n\nNothing "
    "of yours is deleted.",
    button="Pay now",
    placeholders={"amount": MONEY, "plan": "Cutter", "day": DAY, "link_days": "14"},
)
GRACE_ENDING = Topic(
    key="grace_ending",
    name="A plan that closes because a payment is missing",
    subject="{plan} closes {when}",
    text="Hello {name},\n\n{amount} for {plan} is still open. Without it {plan} closes {when}, on "
    "{day}.\n\nPaying by the link below keeps everything as it is. It needs no password and works "
    "for {link_days} days.",
    button="Pay now",
    placeholders={"amount": MONEY, "plan": "Cutter", "when": "tomorrow", "day": DAY, "link_days": "14"},
)
PLAN_CLOSED = Topic(
    key="plan_closed",
    name="A plan that closed because a payment is missing",
    subject="{plan} is closed until the open invoice is paid",
    text="Hello {name},\n\n{amount} for {plan} did not reach us in time, so {plan} is closed for now. "
    "Nothing of yours is deleted.\n\nPay by the link below and everything opens again at once. It "
    "needs no password and works for {link_days} days.",
    button="Pay and open it again",
    placeholders={"amount": MONEY, "plan": "Cutter", "link_days": "14"},
)
ACTION_REQUIRED = Topic(
    key="action_required",
    name="A payment that your bank wants you to confirm",
    subject="Please confirm your payment of {amount}",
    text="Hello {name},\n\nYour bank wants you to confirm the payment of {amount} for {plan}. It takes "
    "a minute, with your bank's app or a code.\n\nThe link below needs no password and works for "
    "{link_days} days.",
    button="Confirm the payment",
    placeholders={"amount": MONEY, "plan": "Cutter", "link_days": "14"},
)
PLAN_CHANGED = Topic(
    key="plan_changed",
    name="A change of your plan",
    subject="You are on {plan} now",
    text="Hello {name},\n\nYour plan has changed from {old} to {plan}, at {price}.\n\nYour billing page "
    "shows what is included and what comes next.",
    button="See your plan",
    placeholders={"plan": "Schooner", "old": "Cutter", "price": "€90.00 per month"},
)
CHANGE_PLANNED = Topic(
    key="change_planned",
    name="A change of your plan that is still to come",
    subject="Your plan changes to {plan} on {day}",
    text="Hello {name},\n\nAs you asked, your plan changes from {old} to {plan} on {day}, at {price}. "
    "Until then everything stays as it is.\n\nYou can take this back at any time before that day.",
    button="See the change",
    placeholders={"plan": "Dinghy", "old": "Cutter", "price": "€12.00 per month", "day": DAY},
)
VERSION_MOVED = Topic(
    key="version_moved",
    name="A change of what your plan includes",
    subject="{plan} changes {when}",
    text="Hello {name},\n\nWe are changing what {plan} includes, {when} for you. {changes}\n\n{price}\n\nYou "
    "need not do anything. If it does not suit you any more, your billing page has the other plans, and "
    "you can cancel there at any time.",
    button="Look at your plan",
    placeholders={
        "plan": "Cutter",
        "when": f"on {DAY}",
        "changes": "You get more: Charts.",
        "price": f"From your next payment on {DAY} you pay €36.00 per month instead of €29.00 per month.",
    },
)
MOVE_TAKEN_BACK = Topic(
    key="move_taken_back",
    name="A change of what your plan includes that was taken back",
    subject="{plan} stays as it was",
    text="Hello {name},\n\nWe wrote to you that {plan} changes. That is taken back: you have what you had "
    "before, and go on paying {price}.\n\nYou need not do anything.",
    button="Look at your plan",
    placeholders={"plan": "Cutter", "price": "€36.00 per month"},
)
CANCELLED = Topic(
    key="cancelled",
    name="A plan that you cancelled",
    subject="{plan} ends on {day}",
    text="Hello {name},\n\nYou cancelled {plan}. It stays open until {day}, and nothing more is "
    "charged. Nothing of yours is deleted.\n\nIf you change your mind before that day, one click "
    "keeps it.",
    button="Keep the plan after all",
    placeholders={"plan": "Cutter", "day": DAY},
)
ENDED = Topic(
    key="ended",
    name="A plan that ended",
    subject="{plan} has ended",
    text="Hello {name},\n\n{plan} has ended, and nothing more is charged. Your account and everything "
    "in it stay where they are.\n\nYou are welcome back at any time.",
    button="See the plans",
    placeholders={"plan": "Cutter"},
)
RESUMED = Topic(
    key="resumed",
    name="A cancellation that you took back",
    subject="{plan} goes on",
    text="Hello {name},\n\nYou keep {plan}: the cancellation is taken back. The next payment is due on "
    "{day}.",
    button="See your plan",
    placeholders={"plan": "Cutter", "day": DAY},
)
CARD_EXPIRING = Topic(
    key="card_expiring",
    name="A card that expires before the next payment",
    subject="Your card ending in {last4} expires soon",
    text="Hello {name},\n\nYour card ending in {last4} expires at the end of {month}, before the next "
    "payment for {plan}.\n\nAdd your new card, and the payment goes through as usual.",
    button="Add a card",
    placeholders={"last4": "4242", "month": "March 2027", "plan": "Cutter"},
    required=False,
)

CREDITS_BOUGHT = Topic(
    key="credits_bought",
    name="Credits that you bought",
    subject="{credits} credits are yours",
    text="Hello {name},\n\nThank you: we received {amount}, and {credits} credits are in your account. They "
    "do not end.\n\nThe receipt is kept with your credits.",
    button="See your credits",
    placeholders={"credits": "500", "amount": MONEY},
    url_name="billing:credits",
)
CREDITS_RELOADED = Topic(
    key="credits_reloaded",
    name="Credits that were bought by auto-reload",
    subject="Auto-reload bought {credits} credits for {amount}",
    text="Hello {name},\n\nYour credits ran low. As you asked, we charged {amount} to your saved card and "
    "added {credits} credits.\n\nYou can change the limits of auto-reload or switch it off at any time.",
    button="See your credits",
    placeholders={"credits": "500", "amount": MONEY},
    url_name="billing:credits",
)
CREDITS_RELOAD_FAILED = Topic(
    key="credits_reload_failed",
    name="An auto-reload that failed",
    subject="Auto-reload could not buy {credits} credits",
    text="Hello {name},\n\nYour credits ran low and we tried to charge {amount} to your saved card. The bank "
    "did not accept it, so nothing was charged. {what_next}\n\nYou can buy credits with any card by the "
    "link below.",
    button="Buy credits",
    placeholders={
        "credits": "500",
        "amount": MONEY,
        "what_next": "We try again later, a few times at most.",
    },
    url_name="billing:credits",
)
CREDITS_RELOAD_CAPPED = Topic(
    key="credits_reload_capped",
    name="Auto-reload reached its limit",
    subject="Auto-reload rests until next month",
    text="Hello {name},\n\nYour credits are low, but auto-reload has reached the limit that you set for this "
    "month. Nothing more is bought by itself before the next one.\n\nBuy credits yourself, or raise the "
    "limit.",
    button="See your credits",
    url_name="billing:credits",
)
CREDITS_LOW = Topic(
    key="credits_low",
    name="Credits that run low",
    subject="{credits} credits are left",
    text="Hello {name},\n\nYou have {credits} credits left, fewer than you wanted to be told of.\n\nYou can "
    "buy more, or have them bought for you when they run low.",
    button="See your credits",
    placeholders={"credits": "12"},
    required=False,
    url_name="billing:credits",
)
CREDITS_EXPIRING = Topic(
    key="credits_expiring",
    name="Credits that end soon",
    subject="{credits} credits end on {day}",
    text="Hello {name},\n\n{credits} of your credits end on {day}. What ends first is used first, so you "
    "need not do anything but use them.",
    button="See your credits",
    placeholders={"credits": "12", "day": DAY},
    required=False,
    url_name="billing:credits",
)

OVER_LIMIT = Topic(
    key="over_limit",
    name="More used than the plan gives",
    subject="You use more than your plan gives: {feature}",
    text="Hello {name},\n\nYour plan gives {limit} of {feature}, and you have used {used}. Nothing stops: we "
    "let it pass for now. {again}\n\nIf you need more for good, your billing page leads to a larger plan.",
    button="See your plan",
    placeholders={
        "feature": "Premium articles",
        "limit": "3 articles",
        "used": "4",
        "again": "Counting starts again on 1 April.",
    },
    required=False,
)
ARCHIVE_READY = Topic(
    key="archive_ready",
    name="An archive of your invoices",
    subject="Your invoices are ready to download",
    text="Hello {name},\n\nAll your invoices are packed in one file, as you asked. You can download it for "
    "{days} days; after that it is deleted, and you can ask for it again.",
    button="Download the archive",
    placeholders={"days": "7"},
    required=False,
)

REPORT_READY = Topic(
    key="report_ready",
    name="A report that you ordered",
    subject="Your report is ready: {title}",
    text="Hello {name},\n\nThe report of “{title}” is made. You can download it for {days} days; after "
    "that it is deleted.",
    button="Download the report",
    placeholders={"title": "The Monday page", "days": "7"},
    required=False,
)
REPORT_FAILED = Topic(
    key="report_failed",
    name="A report that could not be made",
    subject="Your report could not be made: {title}",
    text="Hello {name},\n\nThe report of “{title}” could not be made. {problem}\n\nNothing was spent on it.",
    button="See your reports",
    placeholders={"title": "The Monday page", "problem": "It was not made in time."},
    required=False,
)

ACCOUNT_CLOSING = Topic(
    key="account_closing",
    name="An account that is about to close",
    subject="Your account closes on {day}",
    text="Hello {name},\n\nAs you asked, your account closes on {day}. Then your name, address and all "
    "else that names you is deleted, and only what the law wants kept stays: invoices and payments.\n\n"
    "Until then you can sign in and keep it with one click. If you did not ask for this, do it now, "
    "and change your password.",
    button="Keep my account",
    placeholders={"day": DAY},
    url_name="members:close",
)

TOPICS: dict[str, Topic] = {
    topic.key: topic
    for topic in (
        WELCOME,
        RECEIPT,
        REFUND,
        TRIAL_ENDING,
        RENEWAL_COMING,
        PAYMENT_FAILED,
        ACTION_REQUIRED,
        GRACE_ENDING,
        PLAN_CLOSED,
        PLAN_CHANGED,
        CHANGE_PLANNED,
        VERSION_MOVED,
        MOVE_TAKEN_BACK,
        CANCELLED,
        RESUMED,
        ENDED,
        CARD_EXPIRING,
        ARCHIVE_READY,
        REPORT_READY,
        REPORT_FAILED,
        ACCOUNT_CLOSING,
        CREDITS_BOUGHT,
        CREDITS_RELOADED,
        CREDITS_RELOAD_FAILED,
        CREDITS_RELOAD_CAPPED,
        CREDITS_LOW,
        CREDITS_EXPIRING,
        OVER_LIMIT,
    )
}


def topic_of(key: str) -> Topic:
    """The topic with this key. Raises ``UnknownTopic``."""
    try:
        return TOPICS[key]
    except KeyError:
        raise UnknownTopic(f"Nobody declared the topic {key!r} in billing/notices/topics.py.") from None


def choices() -> list[tuple[str, str]]:
    """(key, name) of every topic, for menus."""
    return [(topic.key, topic.name) for topic in TOPICS.values()]


def unknown_placeholders(text: str, *, topic: Topic) -> list[str]:
    """The placeholders in ``text`` that this topic cannot fill in."""
    return sorted(set(PLACEHOLDER.findall(text)) - set(topic.known))


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with its placeholders filled in."""
    return PLACEHOLDER.sub(lambda match: values[match[1]], text)


def in_words(names: Iterable[str]) -> str:
    """Placeholders as an admin types them: {plan}, {day}."""
    return ", ".join(f"{{{name}}}" for name in names)
