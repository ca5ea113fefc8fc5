from django.db import migrations

from billing.audits.triggers import audit

LABEL = (
    "(SELECT plan.name || ': version ' || version.number FROM billing_planversion version"
    " JOIN billing_plan plan ON plan.id = version.plan_id WHERE version.id = it.source_id)"
    " || ' to ' || (SELECT number FROM billing_planversion WHERE id = it.target_id)"
)
WITH_EVERY_BATCH = audit("billing_versionmove", kind="move", label=LABEL)


class Migration(migrations.Migration):
    """Which prices a move opened at Stripe changes with each batch: nobody decided that."""

    dependencies = [("billing", "0046_audit_by_user")]

    operations = [
        migrations.RunSQL(WITH_EVERY_BATCH.reverse_sql, WITH_EVERY_BATCH.sql),
        audit("billing_versionmove", kind="move", label=LABEL, ignore=["opened_prices"]),
    ]
