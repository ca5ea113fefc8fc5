"""A key that code asks for and nobody defined stops the start, and says where it stands."""

from types import SimpleNamespace

import pytest
from django.core.checks import Tags, run_checks
from django.template import engines

from billing.entitlements import asked, calls
from billing.entitlements.calls import features_in, named_features
from billing.entitlements.gate import RequiresFeatureMixin, requires_feature
from tests.factories.billing import FeatureFactory


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch, settings):
    monkeypatch.setattr(asked, "_noted", [])
    monkeypatch.setattr(asked, "_import_views", lambda: None)
    monkeypatch.setattr(asked, "named_features", list)
    settings.BILLING_FEATURES = ["csv_export"]
    settings.BILLING_PROTECTED_PATHS = []


def found():
    return run_checks(tags=["billing"])


def test_a_declared_key_is_in_order():
    requires_feature("csv_export")(lambda _: None)
    assert found() == []


def test_a_wrong_key_of_a_decorator_is_named_with_its_view_and_the_likely_one():
    def exports(request):
        """A view."""

    requires_feature("csv_exprot")(exports)
    [error] = found()
    assert error.id == "billing.E001"
    assert "exports asks for the feature 'csv_exprot'" in error.msg
    assert "Did you mean 'csv_export'?" in error.msg


def test_a_wrong_key_of_a_mixin_is_found_when_the_class_is_made():
    type("Export", (RequiresFeatureMixin,), {"required_feature": "nonsense"})
    assert [error.id for error in found()] == ["billing.E001"]


def test_settings_are_looked_over(settings):
    settings.BILLING_PROTECTED_PATHS = [(r"^api/", "nonsense"), ("(", "csv_export")]
    assert sorted(error.id for error in found()) == ["billing.E001", "billing.E002"]


@pytest.mark.parametrize(
    "call",
    [
        "from billing import api\napi.check(user, 'nonsense')",
        "from billing import api as billing\nasync def job():\n    billing.use(user, 'nonsense', key='x')",
        "from billing.api import ensure_feature as ensure\nensure(who=user, feature='nonsense')",
        "from billing.api import cost_of\nWORK = 'nonsense'\ncost_of(WORK, quantity=2)",
    ],
)
def test_calls_are_looked_over(call):
    assert [key for key, _ in features_in(call)] == ["nonsense"]


def test_calls_of_others_and_keys_that_content_brings_are_left_alone():
    assert list(features_in("from shop import check\ncheck(user, 'nonsense')")) == []
    assert list(features_in("from billing.api import check\ncheck(user, page.feature)\ncheck(user)")) == []


def test_a_wrong_key_of_a_call_is_named_with_its_file_and_line(monkeypatch, tmp_path):
    app = SimpleNamespace(path=str(tmp_path / "shop"))
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/views.py").write_text("from billing.api import check\n\ncheck(user, 'csv_exprot')\n")
    monkeypatch.setattr(calls, "PROJECT", tmp_path)
    monkeypatch.setattr(calls.apps, "get_app_configs", lambda: [app])
    monkeypatch.setattr(asked, "named_features", named_features)
    [error] = found()
    assert "shop/views.py, line 3, asks for the feature 'csv_exprot'" in error.msg


def test_the_projects_own_calls_are_read():
    assert "article_reports" in {key for key, _ in named_features()}


def test_templates_are_looked_over(tmp_path, monkeypatch):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/page.html").write_text("{% feature 'nonsense' %}{% endfeature %}{% feature key %}")
    monkeypatch.setattr(engines["django"], "dirs", [tmp_path])
    [error] = found()
    assert "The template shop/page.html asks for the feature 'nonsense'" in error.msg


def in_catalog():
    messages = run_checks(tags=[Tags.database], databases=["default"])
    return [message for message in messages if message.id == "billing.E003"]


@pytest.mark.django_db
def test_a_declared_key_must_be_in_the_catalog():
    FeatureFactory(key="other")
    [error] = in_catalog()
    assert "'csv_export'" in error.msg
    FeatureFactory(key="csv_export")
    assert in_catalog() == []


@pytest.mark.django_db
def test_an_empty_catalog_and_one_that_is_being_migrated_are_in_order(monkeypatch):
    assert in_catalog() == []
    FeatureFactory(key="other")
    monkeypatch.setattr(asked, "_is_migrated", lambda: False)
    assert in_catalog() == []
