"""What an editor can say about who may read a page."""

from django.db import models


class Audience(models.TextChoices):
    """Who may read. Order matters: each is stricter than the one before."""

    INHERIT = "inherit", "The same as the section it stands in"
    EVERYONE = "everyone", "Everyone"
    MEMBERS = "members", "Members: everyone who is signed in"
    QUOTA = "quota", "Members within a quota: so many pages a period"
    CREDITS = "credits", "Whoever unlocks the page for credits"
    PLANS = "plans", "Customers whose plan has a feature"
