"""Components say what they were given, and nothing of what they were not."""

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string


def render(name: str, **context: Any) -> str:
    """The HTML of one component."""
    return render_to_string(f"components/{name}.html", context)


class SignUp(forms.Form):
    """A form with one required and one optional field."""

    email = forms.EmailField(help_text="We write once a week.")
    nickname = forms.CharField(required=False)


def test_a_button_with_an_address_is_a_link() -> None:
    assert '<a class="button is-primary"' in render(
        "button", label="See plans", kind="primary", href="/pricing/"
    )


def test_a_button_without_an_address_submits() -> None:
    assert 'type="submit"' in render("button", label="Save")


def test_text_given_to_a_component_is_escaped() -> None:
    assert "&lt;b&gt;" in render("alert", text="<b>")


def test_errors_are_announced_to_screen_readers() -> None:
    assert 'role="alert"' in render("alert", text="It failed.", tone="danger")


def test_the_last_breadcrumb_is_the_page_itself_and_no_link() -> None:
    html = render("breadcrumbs", items=[{"label": "Help", "url": "/help/"}, {"label": "Invoices", "url": ""}])
    assert html.count("<a ") == 1
    assert '<span aria-current="page">Invoices</span>' in html


def test_numbers_of_a_meter_are_never_localised() -> None:
    assert 'max="20000"' in render("meter", label="Storage", used=1, limit=20000, text="1 of 20,000")


def test_a_feature_that_a_plan_lacks_is_told_in_words() -> None:
    plan = {"name": "Skiff", "features": [{"label": "API", "included": False}]}
    assert "Not included:" in render("plan_card", plan=plan)


@pytest.mark.parametrize(("value", "shown"), [(True, "Included"), (False, "Not included"), ("8", "8")])
def test_the_comparison_says_yes_no_or_how_much(value: object, shown: str) -> None:
    groups = [{"title": "Data", "rows": [{"label": "Sources", "values": [value]}]}]
    assert shown in render("feature_matrix", plans=[{"name": "Skiff"}], groups=groups)


def test_a_refused_field_points_to_its_help_and_its_error() -> None:
    html = str(SignUp({"email": "nobody"}))
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert 'aria-invalid="true"' in html


def test_only_optional_fields_say_so() -> None:
    assert str(SignUp()).count("(optional)") == 1


def test_hidden_fields_stay_out_of_sight() -> None:
    class Hidden(forms.Form):
        token = forms.CharField(widget=forms.HiddenInput, initial="t")

    assert "<label" not in str(Hidden())
