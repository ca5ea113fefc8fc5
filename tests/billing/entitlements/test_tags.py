"""The template tag shows one of two branches and never leaks the other."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from tests.factories.billing import PlanVersionFactory, PriceFactory, SubscriptionFactory, UserFactory

pytestmark = pytest.mark.django_db

PAGE = """{% load billing %}{% feature "exports" %}secret{% locked %}{{ decision.reason }}
{% explain_refusal decision as refusal %}{{ refusal.title }}{% endfeature %}"""


@pytest.fixture
def subscriber():
    price = PriceFactory(version=PlanVersionFactory(features={"exports": None}), stripe_price_id="price_1")
    return SubscriptionFactory(price=price).customer.user


def render(source, user=None, **context):
    if user is not None:
        request = RequestFactory().get("/page/")
        request.user = user
        context["request"] = request
    return Template(source).render(Context(context))


def test_who_has_the_feature_sees_the_open_branch_alone(subscriber):
    assert render(PAGE, subscriber) == "secret"


def test_others_see_the_closed_branch_with_the_decision(subscriber):
    page = render(PAGE, UserFactory())
    assert "secret" not in page
    assert "not_in_plan" in page
    assert "Exports is not in your plan" in page


def test_a_template_without_a_request_is_read_by_a_visitor(subscriber):
    assert "sign_in" in render(PAGE)


def test_the_reader_may_come_in_the_context_alone(subscriber):
    assert render(PAGE, user=subscriber) == "secret"
    assert "sign_in" in Template(PAGE).render(Context({"user": AnonymousUser()}))


def test_the_decision_may_have_another_name(subscriber):
    source = '{% load billing %}{% feature "exports" %}{% locked why %}{{ why.feature }}{% endfeature %}'
    assert render(source, UserFactory()) == "exports"


def test_the_closed_branch_may_be_left_out(subscriber):
    source = '{% load billing %}[{% feature "exports" %}secret{% endfeature %}]'
    assert render(source, UserFactory()) == "[]"


def test_the_key_may_come_from_a_variable(subscriber):
    source = "{% load billing %}{% feature key %}secret{% endfeature %}"
    assert render(source, subscriber, key="exports") == "secret"


def test_nodes_inside_are_found_by_django(subscriber):
    template = Template('{% load billing %}{% feature "a" %}{{ x }}{% locked %}{{ y }}{% endfeature %}')
    assert len(template.nodelist[-1].get_nodes_by_type(type(Template("{{ x }}").nodelist[0]))) == 2


@pytest.mark.parametrize(
    "wrong", ["{% feature %}x{% endfeature %}", '{% feature "a" "b" %}x{% endfeature %}']
)
def test_a_tag_without_exactly_one_key_is_an_error(wrong):
    with pytest.raises(TemplateSyntaxError, match="one key"):
        Template("{% load billing %}" + wrong)
