"""The suite's own databases: migrated, isolated, and whole again after a test that commits."""

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from wagtail.models import Page, Site


@pytest.mark.django_db
def test_a_test_starts_with_what_the_migrations_made() -> None:
    assert Page.objects.filter(depth=1).exists()
    assert Site.objects.filter(is_default_site=True).exists()


@pytest.mark.django_db(transaction=True)
def test_a_committing_test_may_destroy_everything() -> None:
    Site.objects.all().delete()
    Page.objects.all().delete()
    Group.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_the_next_committing_test_finds_the_migrated_rows_again() -> None:
    assert Page.objects.filter(depth=1).exists()
    assert Site.objects.exists()
    assert Group.objects.filter(name="Editors").exists()


def test_another_process_sees_what_a_committing_test_wrote(database_url: str) -> None:
    Group.objects.create(name="Seen from outside")

    with psycopg.connect(database_url) as outside:
        found = outside.execute("SELECT count(*) FROM auth_group WHERE name = 'Seen from outside'").fetchone()

    assert found == (1,)
    assert connection.settings_dict["NAME"] in database_url
