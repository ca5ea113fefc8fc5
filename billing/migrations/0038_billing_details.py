"""Where a customer's invoices go and what they pay in; each change of billing details is audited."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

from billing.audits.triggers import audit

CUSTOMER = """(
    SELECT u.email FROM billing_stripecustomer c JOIN members_customuser u ON u.id = c.user_id
    WHERE c.id = it.customer_id
)"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0037_audit_of_requests"),
        ("members", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="stripecustomer",
            name="currency",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="What the customer chose to pay in. Empty: the site's.",
                max_length=3,
            ),
        ),
        migrations.AddField(
            model_name="stripecustomer",
            name="invoice_email",
            field=models.EmailField(
                blank=True,
                db_default="",
                help_text="Where invoices go. Empty: to the address of the account.",
                max_length=254,
            ),
        ),
        migrations.CreateModel(
            name="DetailsChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("details", "Details"),
                            ("add_tax_id", "New tax number"),
                            ("remove_tax_id", "Removal of a tax number"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Under way"),
                            ("done", "Done"),
                            ("refused", "Refused"),
                            ("replaced", "Replaced by another"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "reference",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, help_text="Makes the idempotency key."
                    ),
                ),
                ("wanted", models.JSONField(default=dict)),
                ("changed", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="details_changes",
                        to="billing.stripecustomer",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of billing details",
                "verbose_name_plural": "changes of billing details",
                "ordering": ["-created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("customer", "kind"),
                        name="one_open_details_change",
                    )
                ],
            },
        ),
        audit(
            "billing_detailschange",
            kind="billing details",
            label=CUSTOMER,
            ignore=["wanted", "reference"],
        ),
    ]
