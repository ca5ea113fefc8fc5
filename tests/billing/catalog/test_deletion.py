"""What somebody knows is not deleted, however much there is of it and whoever comes in between."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from billing.catalog.errors import CatalogRefusal
from billing.catalog.models import Feature
from billing.catalog.packs import CreditPack
from billing.catalog.queries import is_protected
from billing.catalog.services import delete_feature
from billing.credits.purchase_models import CreditSettings
from billing.entitlements.services import name_testers
from tests.factories.billing import (
    FeatureFactory,
    PlanFeatureFactory,
    PlanVersionFactory,
    StripeCustomerFactory,
    UserFactory,
)


@pytest.mark.django_db
def test_one_row_of_each_kind_is_asked_for_however_many_there_are() -> None:
    given, unknown = PlanFeatureFactory().feature, FeatureFactory()
    name_testers(feature=unknown, users=[UserFactory()])
    for feature in (given, unknown):
        with CaptureQueriesContext(connection) as asked:
            assert is_protected(feature) == (feature == given)
        assert 0 < len(asked) < 10
        assert all("LIMIT 1" in query["sql"] for query in asked)


@pytest.mark.django_db
def test_a_pack_that_auto_reload_buys_is_known_to_somebody() -> None:
    pack = CreditPack.objects.create(key="small", name="100 credits", credits=100, amount=900)
    assert not is_protected(pack)
    CreditSettings.objects.create(customer=StripeCustomerFactory(), reload_pack=pack)
    assert is_protected(pack)


@pytest.mark.django_db(transaction=True)
def test_a_feature_that_a_plan_takes_in_the_same_instant_is_refused_in_words() -> None:
    feature, version = FeatureFactory(), PlanVersionFactory()
    is_taken = threading.Event()

    def delete() -> None:
        is_taken.wait(60)
        try:
            delete_feature(feature=feature)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        deleting = pool.submit(delete)
        with transaction.atomic():
            PlanFeatureFactory(version=version, feature=feature)
            is_taken.set()
            wait_until_somebody_waits()
        with pytest.raises(CatalogRefusal, match="so it stays on record"):
            deleting.result()
    assert Feature.objects.get() == feature


def wait_until_somebody_waits() -> None:
    """Until another connection waits for a lock."""
    until = time.monotonic() + 60
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        while cursor.fetchone() is None:
            assert time.monotonic() < until, "Nobody waits."
            time.sleep(0.01)
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
