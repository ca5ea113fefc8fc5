# Makes the two role groups; members.roles gives them their permissions after every migrate.

from django.db import migrations


def make_groups(apps, schema_editor):
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for name in ("Editors", "Billing admins"):
        groups.get_or_create(name=name)


def remove_billing_admins(apps, schema_editor):
    # "Editors" is Wagtail's own group and stays.
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name="Billing admins").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(make_groups, remove_billing_admins)]
