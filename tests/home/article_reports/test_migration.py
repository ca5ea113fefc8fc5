"""A site that was there before reports can be migrated and started: the feature comes along."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.checks import Tags, run_checks
from django.db import connection

from billing.catalog.models import Feature
from tests.factories.billing import FeatureFactory

pytestmark = pytest.mark.django_db

bring_along = import_module("home.migrations.0009_feature_of_reports").bring_along


def missing():
    return [found.msg for found in run_checks(tags=[Tags.database], databases=["default"])]


def test_a_catalog_in_use_gets_the_feature_once(settings):
    settings.BILLING_FEATURES = ["article_reports"]
    FeatureFactory(key="premium_articles")
    with connection.schema_editor() as editor:
        bring_along(apps, editor)
        bring_along(apps, editor)

    assert missing() == []
    assert Feature.objects.get(key="article_reports").kind == Feature.Kind.SWITCH


def test_an_empty_catalog_stays_empty():
    with connection.schema_editor() as editor:
        bring_along(apps, editor)
    assert not Feature.objects.exists()
