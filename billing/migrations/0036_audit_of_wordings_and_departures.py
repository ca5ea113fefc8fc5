"""What admins write about leaving and in notices, and what customers ask of their plan, is audited."""

from django.db import migrations

from billing.audits.triggers import audit

CUSTOMER = """(
    SELECT u.email FROM billing_subscription s
    JOIN billing_stripecustomer c ON c.id = s.customer_id JOIN members_customuser u ON u.id = c.user_id
    WHERE s.id = it.subscription_id
)"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0035_costs_in_the_catalog_epoch"),
        ("members", "0002_roles"),
    ]

    operations = [
        # Every migrate makes the empty rows of new topics.
        audit("billing_noticewording", kind="wording", label="it.topic", changes="UPDATE OR DELETE"),
        audit("billing_leavingsettings", kind="leaving settings", label="'Leaving and coming back'"),
        audit("billing_departure", kind="cancellation", label=CUSTOMER, ignore=["comment"]),
        audit("billing_planchange", kind="change of plan", label=CUSTOMER),
    ]
