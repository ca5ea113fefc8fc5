"""How the site takes money and decides who may do what; ``base`` takes all of it over."""

import environ

env = environ.Env()

# Stripe: one API version everywhere, and the sandbox's address where there is one

STRIPE_API_VERSION = "2026-08-26.dahlia"
STRIPE_SECRET_KEY = env("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_API_BASE = env("STRIPE_API_BASE", default="")
STRIPE_TIMEOUT_SECONDS = 15  # one attempt of a job
STRIPE_REQUEST_SECONDS = 10  # all attempts of all calls of one web request
STRIPE_BREAKER_FAILURES = 5  # unanswered calls in a row, after which Stripe gets a rest
STRIPE_BREAKER_SECONDS = 30  # the rest, after which one call finds out whether it answers
RECONCILE_CALLS_PER_SECOND = 10  # how fast the comparison with Stripe asks; Stripe takes 25 in test mode
RECONCILE_SETTLE_SECONDS = 60  # a difference younger than this may be an event under way
STRIPE_LIVE_MODE = "_live_" in STRIPE_SECRET_KEY
STRIPE_LIVE_SECRET_KEY = STRIPE_SECRET_KEY if STRIPE_LIVE_MODE else ""
STRIPE_TEST_SECRET_KEY = "" if STRIPE_LIVE_MODE else STRIPE_SECRET_KEY
DJSTRIPE_FOREIGN_KEY_TO_FIELD = "id"
DJSTRIPE_WEBHOOK_EVENT_CALLBACK = "billing.webhooks.receivers.accept"

# Checkout: Stripe works out tax (needs a registration there); a trial begins without a card

STRIPE_AUTOMATIC_TAX = env.bool("STRIPE_AUTOMATIC_TAX", default=False)
TRIAL_WITHOUT_CARD = env.bool("TRIAL_WITHOUT_CARD", default=False)

# Prices: the currency that cards show where a plan has several

BILLING_CURRENCY = env("BILLING_CURRENCY", default="EUR")

# Features: the keys that code may ask for, and (pattern, key) pairs that close whole parts of the site

BILLING_FEATURES: list[str] = ["article_reports", "file_storage"]
BILLING_PROTECTED_PATHS: list[tuple[str, str]] = []

# Stripe's events: for how many days what was sent (personal data) and that it was sent are kept

BILLING_KEEP_PAYLOADS_DAYS = env.int("BILLING_KEEP_PAYLOADS_DAYS", default=30)
BILLING_KEEP_EVENTS_DAYS = env.int("BILLING_KEEP_EVENTS_DAYS", default=90)
