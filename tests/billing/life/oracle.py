"""What a year and a half of a plan costs, worked out by hand: nothing in this file reckons.

Cutter is €36.00 a month, with 14 days of trial and 7 of grace; Schooner €96.00 a month; Skiff €12.00 a month
or €120.00 a year. Ada chooses Cutter on Monday, 1 March 2027, at 09:00 UTC. A renewal is a draft for an hour:
what is due at 09:00 is collected at 10:00.
"""

from dataclasses import dataclass

BEGIN = "2027-03-01 09:00"


@dataclass(frozen=True)
class Line:
    """One line of an invoice as the customer reads it."""

    what: str
    amount: str


@dataclass(frozen=True)
class Billed:
    """One invoice: its day in the list, what it is for, and its total."""

    day: str
    total: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Told:
    """One mail: its subject, and the figures that stand in it."""

    subject: str
    figures: tuple[str, ...] = ()


# The change from Cutter to Schooner on 25 May 2027 at 21:00. The month runs from 15 May 09:00 to 15 June
# 09:00: 31 days = 2,678,400 s. Over are 10 days 12 h; left are 20 days 12 h = 1,771,200 s.
#   Cutter given back:  36.00 * 1,771,200 / 2,678,400 = 36.00 * 20.5 / 31 = 23.80645 → €23.81
#   Schooner charged:   96.00 * 1,771,200 / 2,678,400 = 96.00 * 20.5 / 31 = 63.48387 → €63.48
#   Due at once:        63.48 - 23.81                                                =  €39.67
UPGRADE = Billed(
    "25 May 2027",
    "€39.67",
    (
        Line("Unused time on Cutter after 25 May 2027", "-€23.81"),
        Line("Remaining time on Schooner after 25 May 2027", "€63.48"),
    ),
)

# The change from Skiff by the month to Skiff by the year on 25 July 2027 at 09:00. The month runs from 15
# July 09:00 to 15 August 09:00: 31 days = 2,678,400 s. Over are 10 days; left are 21 = 1,814,400 s.
#   Skiff given back:   12.00 * 1,814,400 / 2,678,400 = 12.00 * 21 / 31 = 8.12903 → €8.13
#   The year:           €120.00, from 25 July 2027 to 25 July 2028
#   Due at once:        120.00 - 8.13                                              = €111.87
BY_YEAR = Billed(
    "25 Jul 2027",
    "€111.87",
    (
        Line("Unused time on Skiff after 25 Jul 2027", "-€8.13"),
        Line("Skiff (at €120.00 / year)", "€120.00"),
    ),
)


def cutter(day: str) -> Billed:
    """A whole month of Cutter."""
    return Billed(day, "€36.00", (Line("Cutter (at €36.00 / month)", "€36.00"),))


# Newest first, as the list of invoices shows them.
# Paid are 36 + 36 + 36 + 39.67 + 96 + 12 + 111.87 + 36 = 403.54.
INVOICES = (
    cutter("1 Aug 2028"),  # back again, without a second trial
    BY_YEAR,
    Billed("15 Jul 2027", "€12.00", (Line("Skiff (at €12.00 / month)", "€12.00"),)),
    Billed("15 Jun 2027", "€96.00", (Line("Schooner (at €96.00 / month)", "€96.00"),)),
    UPGRADE,
    cutter("15 May 2027"),  # the card failed; paid by the link in the mail on 22 May
    cutter("15 Apr 2027"),
    cutter("15 Mar 2027"),  # 1 March + 14 days of trial
    Billed("1 Mar 2027", "€0.00", (Line("Trial period for Cutter", "€0.00"),)),
)

# What was charged, in cents, oldest first; twice nothing, once each.
CHARGED = [3600, 3600, 3600, 3967, 9600, 1200, 11187, 3600]

# Every mail, in the order of their days.
MAILS = (
    Told("Welcome to Cutter"),
    # 15 March 09:00 - 3 days = 12 March 09:00; - 1 day = 14 March 09:00
    Told("Your trial of Cutter ends in 3 days", ("15 March 2027", "€36.00")),
    Told("Your trial of Cutter ends within a day", ("15 March 2027", "€36.00")),
    Told("Your receipt for €36.00", ("15 March 2027",)),
    Told("Your receipt for €36.00", ("15 April 2027",)),
    # the unpaid month began on 15 May; + 7 days of grace = 22 May
    Told("Your payment of €36.00 did not go through", ("Cutter stays open until 22 May 2027",)),
    Told("Cutter closes within a day", ("€36.00", "22 May 2027")),
    Told("Cutter is closed until the open invoice is paid", ("€36.00",)),
    Told("Your receipt for €36.00", ("22 May 2027",)),
    Told("You are on Schooner now", ("from Cutter to Schooner", "€96.00 per month")),
    Told("Your receipt for €39.67", ("25 May 2027",)),
    Told("Your receipt for €96.00", ("15 June 2027",)),
    Told("Your plan changes to Skiff on 15 July 2027", ("€12.00 per month",)),
    Told("You are on Skiff now", ("from Schooner to Skiff", "€12.00 per month")),
    Told("Your receipt for €12.00", ("15 July 2027",)),
    Told(
        "You are on Skiff by the year now",
        ("from Skiff by the month to Skiff by the year", "€120.00 per year"),
    ),
    Told("Your receipt for €111.87", ("25 July 2027",)),
    Told("Your plan changes to Skiff by the month on 25 July 2028", ("€12.00 per month",)),
    Told("Skiff ends on 25 July 2028"),
    Told("Skiff goes on", ("25 July 2028",)),
    # the year ends on 25 July 2028; - 14 days = 11 July, - 10 days = 15 July
    Told("Skiff renews on 25 July 2028", ("€120.00",)),
    Told("Your card ending in 4242 expires soon", ("June 2028",)),
    Told("Skiff ends on 25 July 2028"),
    Told("Skiff has ended"),
    Told("Welcome to Cutter"),
    Told("Your receipt for €36.00", ("1 August 2028",)),
)
