"""Where a pricing table of Stripe's is named; who names it is audited."""

import django.core.validators
from django.db import migrations, models

from billing.audits.triggers import audit


class Migration(migrations.Migration):
    dependencies = [("billing", "0040_credit_rules_hold")]

    operations = [
        migrations.CreateModel(
            name="PricingTableSettings",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "table_id",
                    models.CharField(
                        blank=True,
                        help_text="From Stripe's dashboard: prctbl_… Empty: the pricing page shows our own "
                        "table.",
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^prctbl_[A-Za-z0-9]{8,}\\Z",
                                "This is no id of a pricing table. Stripe's dashboard shows it beside the "
                                "table: prctbl_ and letters.",
                            )
                        ],
                        verbose_name="id of the pricing table",
                    ),
                ),
                (
                    "publishable_key",
                    models.CharField(
                        blank=True,
                        help_text="The publishable key of the same account: pk_…",
                        max_length=200,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^pk_(test|live)_[A-Za-z0-9]{24,}\\Z",
                                "This is no publishable key. It begins with pk_test_ or pk_live_; never put "
                                "a secret key (sk_…) here.",
                            )
                        ],
                    ),
                ),
            ],
            options={"verbose_name": "Stripe's pricing table"},
        ),
        audit("billing_pricingtablesettings", kind="pricing table", label="it.table_id"),
    ]
