"""What a key may look like, and how far Stripe lets amounts and trials go."""

from django.core.validators import RegexValidator

# Stripe refuses longer trials, and amounts with more digits.
LONGEST_TRIAL_DAYS = 730
HIGHEST_AMOUNT = 99_999_999

# How long a plan goes on unpaid: what a new plan begins with, and the most that Stripe goes on trying.
GRACE_DAYS = 7
LONGEST_GRACE_DAYS = 60

feature_key = RegexValidator(
    r"^[a-z][a-z0-9_]*\Z",
    "Use small letters, digits and underscores, starting with a letter, as in premium_articles.",
)
plan_key = RegexValidator(
    r"^[a-z][a-z0-9-]*\Z",
    "Use small letters, digits and hyphens, starting with a letter, as in team-plus.",
)
