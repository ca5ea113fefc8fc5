from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0024_plan_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningSecret",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "route",
                    models.CharField(
                        choices=[("webhook", "Webhook endpoint"), ("events", "Thin events")], max_length=10
                    ),
                ),
                ("reference", models.UUIDField()),
                ("secret", models.CharField(max_length=255)),
                ("accepted_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("route", "reference", "secret"), name="one_row_per_secret"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_until", None)),
                        fields=("route", "reference"),
                        name="one_present_secret_per_address",
                    ),
                ],
            },
        ),
    ]
