import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Every attempt at an event gets a row, and an event knows its payload."""

    dependencies = [
        ("billing", "0020_reconciliation_runs"),
        ("djstripe", "0003_2_11"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EventAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("done", "Done"),
                            ("waited", "Stripe was out of reach"),
                            ("failed", "Failed"),
                            ("parked", "Failed and parked"),
                            ("replayed", "Replay asked for"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("error", models.TextField(blank=True)),
                (
                    "request_id",
                    models.CharField(
                        blank=True, help_text="Stripe's name of the failed call.", max_length=255
                    ),
                ),
                ("changes", models.JSONField(blank=True, default=list)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="billing.inboxevent",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddField(
            model_name="inboxevent",
            name="trigger",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="djstripe.webhookeventtrigger",
            ),
        ),
        migrations.AlterField(
            model_name="inboxevent",
            name="state",
            field=models.CharField(
                choices=[
                    ("received", "Waiting"),
                    ("processed", "Done"),
                    ("ignored", "Not of interest"),
                    ("failed", "Parked"),
                ],
                default="received",
                max_length=10,
            ),
        ),
    ]
