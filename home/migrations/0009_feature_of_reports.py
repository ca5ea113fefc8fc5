from django.db import migrations


def bring_along(apps, schema_editor):
    """Give a catalog that is in use the feature that reports ask for; no plan has it until an admin says so."""
    features = apps.get_model("billing", "Feature").objects.using(schema_editor.connection.alias)
    if features.exists():
        features.get_or_create(
            key="article_reports", defaults={"name": "Reports of articles", "kind": "switch"}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0008_article_reports"),
        ("billing", "0045_told_moves"),
    ]

    operations = [migrations.RunPython(bring_along, migrations.RunPython.noop)]
