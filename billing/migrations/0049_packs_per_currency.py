import django.core.validators
from django.conf import settings
from django.db import migrations, models
from django.db.models import Max

import billing.catalog.money


def name_the_currency(apps, schema_editor):
    """Until now every pack was sold in the site's currency alone."""
    if settings.BILLING_CURRENCY != "EUR":
        apps.get_model("billing", "ReloadMonth").objects.update(currency=settings.BILLING_CURRENCY)


def keep_the_latest(apps, schema_editor):
    """One row per month again: that of the currency which auto-reload used last."""
    months = apps.get_model("billing", "ReloadMonth").objects
    latest = months.order_by().values("customer", "month").annotate(latest=Max("pk"))
    months.exclude(pk__in=list(latest.values_list("latest", flat=True))).delete()


class Migration(migrations.Migration):
    """Packs are sold in more than one currency: auto-reload counts a month's money in each by itself."""

    dependencies = [("billing", "0048_same_voids")]

    operations = [
        migrations.RemoveConstraint(model_name="reloadmonth", name="one_reload_month"),
        migrations.AddField(
            model_name="reloadmonth",
            name="currency",
            field=models.CharField(db_default="EUR", default="EUR", max_length=3),
        ),
        migrations.RunPython(name_the_currency, keep_the_latest),
        migrations.AddConstraint(
            model_name="reloadmonth",
            constraint=models.UniqueConstraint(
                fields=("customer", "month", "currency"), name="one_reload_month_per_currency"
            ),
        ),
        migrations.AlterField(
            model_name="creditsettings",
            name="most_money_per_month",
            field=models.PositiveBigIntegerField(
                default=10000, help_text="In minor units of the currency of the pack."
            ),
        ),
        migrations.AlterField(
            model_name="creditpack",
            name="currency",
            field=models.CharField(
                default="EUR",
                help_text="Three letters, as in EUR. The pack is offered to those who pay in it. Who pays in a "
                "currency without packs is offered those in the site's.",
                max_length=3,
                validators=[billing.catalog.money.validate_currency],
            ),
        ),
        migrations.AlterField(
            model_name="creditpack",
            name="key",
            field=models.CharField(
                error_messages={"unique": "Another pack has this key already. Choose a key of its own."},
                help_text="The name in addresses, such as small. It cannot change later. The same credits in "
                "another currency are a pack of their own: small-usd.",
                max_length=60,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[a-z][a-z0-9-]*\\Z",
                        "Use small letters, digits and hyphens, starting with a letter, as in team-plus.",
                    )
                ],
            ),
        ),
    ]
