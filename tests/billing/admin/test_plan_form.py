"""The plan form: one screen for a plan and what it gives; each mistake is told at its field."""

import pytest
from django.urls import reverse

from billing.catalog.models import Plan, PlanVersion
from billing.catalog.queries import current_version
from tests.factories.billing import (
    FeatureFactory,
    PlanFactory,
    PlanVersionFactory,
    PriceFactory,
    SubscriptionFactory,
)

INDEX = reverse("billing_plans_modeladmin_index")
CREATE = reverse("billing_plans_modeladmin_create")
PREVIEW = "/admin/billing/plans/preview/"


def edit(plan: Plan) -> str:
    return reverse("billing_plans_modeladmin_edit", args=[plan.pk])


def rows(prefix: str, present: list[dict], initial: int = 0) -> dict:
    data = {f"{prefix}-TOTAL_FORMS": len(present), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(present):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def sent(
    prices=(("month", "19.00", "EUR"),), features=(), version: PlanVersion | None = None, **fields
) -> dict:
    """What a browser sends: the form of ``version`` with other rows, or that of a new plan."""
    old_prices = list(version.prices.all()) if version else []
    old_features = list(version.plan_features.all()) if version else []
    price_rows = [{"id": row.pk, "interval": row.interval, "DELETE": "on"} for row in old_prices]
    price_rows += [{"id": "", "interval": i, "amount": a, "currency": c} for i, a, c in prices]
    feature_rows = [{"id": row.pk, "feature": row.feature_id, "DELETE": "on"} for row in old_features]
    feature_rows += [{"id": "", "feature": feature.pk, "value": value} for feature, value in features]
    plan = {
        "name": "Team",
        "key": "team",
        "is_public": "on",
        "position": 1,
        "trial_days": 0,
        "credits_per_period": 0,
        "credits_rollover": "none",
        "credits_cap": 0,
        "grace_days": 7,
    }
    return {
        **plan,
        **fields,
        **rows("prices", price_rows, len(old_prices)),
        **rows("plan_features", feature_rows, len(old_features)),
    }


def errors_of(response) -> dict:
    form = response.context["form"]
    found = {name: list(messages) for name, messages in form.errors.items()}
    for name, formset in form.formsets.items():
        for number, row in enumerate(formset.forms):
            found |= {f"{name}-{number}-{field}": list(messages) for field, messages in row.errors.items()}
    return found


def message_of(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_a_new_plan_is_saved_with_its_prices_and_features(admin):
    seats, exports = FeatureFactory(key="seats", kind="limit"), FeatureFactory(key="exports")
    data = sent(
        prices=[("month", "19", "eur"), ("year", "190.50", "EUR"), ("month", "2000", "JPY")],
        features=[(seats, 5), (exports, "")],
        trial_days=14,
    )
    response = admin.post(CREATE, data, follow=True)
    version = current_version(Plan.objects.get(key="team"))
    prices = set(version.prices.values_list("interval", "amount", "currency"))
    assert prices == {("month", 1900, "EUR"), ("year", 19050, "EUR"), ("month", 2000, "JPY")}
    assert dict(version.plan_features.values_list("feature__key", "value")) == {"seats": 5, "exports": None}
    assert (version.trial_days, version.number) == (14, 1)
    assert "Plan “Team” saved as version 1." in message_of(response)


def test_changing_a_held_plan_says_who_keeps_what(admin):
    price = PriceFactory(version__plan__key="team", version__plan__name="Team")
    SubscriptionFactory.create_batch(2, price=price)
    data = sent(prices=[("month", "29.00", "EUR")], version=price.version)
    response = admin.post(edit(price.version.plan), data, follow=True)
    assert "saved as version 2. 2 customers are on an earlier version and keep it." in message_of(response)
    assert price.version.prices.get().amount == 1900


def test_changing_words_alone_makes_no_version(admin):
    price = PriceFactory(version__plan__key="team")
    SubscriptionFactory(price=price)
    row = {"id": price.pk, "interval": "month", "amount": "19.00", "currency": "EUR"}
    data = {**sent(name="Crew"), **rows("prices", [row], 1)}
    response = admin.post(edit(price.version.plan), data, follow=True)
    assert "What it gives and costs is unchanged." in message_of(response)
    assert Plan.objects.get().name == "Crew"
    assert PlanVersion.objects.count() == 1


def test_one_customer_keeps_in_the_singular(admin):
    price = PriceFactory()
    SubscriptionFactory(price=price)
    response = admin.post(
        edit(price.version.plan), sent([("year", "1", "EUR")], version=price.version), follow=True
    )
    assert "1 customer is on an earlier version and keeps it." in message_of(response)


def test_the_form_shows_amounts_as_people_write_them(admin):
    price = PriceFactory(amount=1950)
    PriceFactory(version=price.version, currency="JPY", amount=1950)
    content = admin.get(edit(price.version.plan)).content.decode()
    assert 'value="19.50"' in content
    assert 'value="1950"' in content


def test_the_key_of_a_plan_never_changes(admin):
    price = PriceFactory(version__plan__key="first")
    admin.post(edit(price.version.plan), sent(version=price.version, key="second"))
    assert Plan.objects.get().key == "first"


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"prices": ()}, "is_public", "Nobody can buy a plan without a price."),
        ({"is_default": "on"}, "is_default", "The free plan has no price."),
        ({"is_default": "on", "prices": (), "trial_days": 7}, "trial_days", "The free plan needs no trial"),
        ({"trial_days": 731}, "trial_days", "Stripe allows trials of 0 to 730 days."),
        (
            {"credits_per_period": "-1"},
            "credits_per_period",
            "Credits cannot be fewer than none.",
        ),
        ({"grace_days": 61}, "grace_days", "A plan goes on unpaid for 0 to 60 days."),
        ({"grace_days": ""}, "grace_days", "This field is required."),
        ({"credits_rollover": "full"}, "credits_rollover", "No credits come with this plan"),
        (
            {"credits_rollover": "capped", "credits_per_period": 5},
            "credits_cap",
            "Say how many credits are carried over at most",
        ),
        ({"credits_cap": 5}, "credits_cap", "This number counts only with a cap."),
        ({"credits_cap": -1}, "credits_cap", "This number counts only with a cap."),
        ({"badge": "Most teams"}, "badge", "Only a recommended plan shows these words."),
        ({"key": "Team Plus"}, "key", "Use small letters, digits and hyphens"),
        ({"key": "taken"}, "key", "Another plan has this key already."),
        ({"name": ""}, "name", "This field is required."),
        ({"prices": [("month", "0", "EUR")]}, "prices-0-amount", "A price is more than nothing."),
        ({"prices": [("month", "-5", "EUR")]}, "prices-0-amount", "A price is more than nothing."),
        ({"prices": [("month", "19.999", "EUR")]}, "prices-0-amount", "EUR has 2 decimals"),
        ({"prices": [("month", "19.5", "JPY")]}, "prices-0-amount", "JPY has no decimals"),
        ({"prices": [("month", "1000000", "EUR")]}, "prices-0-amount", "Stripe takes at most €999,999.99."),
        (
            {"prices": [("month", "19", "XYZ")]},
            "prices-0-currency",
            "“XYZ” is not a currency that Stripe takes.",
        ),
        ({"prices": [("week", "19", "EUR")]}, "prices-0-interval", "Select a valid choice."),
        (
            {"prices": [("month", "19", "EUR"), ("month", "29", "EUR")]},
            "prices-1-currency",
            "There is a monthly price in EUR already. Remove one of the two.",
        ),
    ],
)
def test_mistakes_are_told_at_their_field(admin, fields, field, message):
    PlanFactory(key="taken")
    response = admin.post(CREATE, sent(**fields))
    assert message in " ".join(errors_of(response)[field])
    assert not Plan.objects.filter(key="team").exists()


def test_there_is_one_free_plan_and_the_message_names_it(admin):
    PlanFactory(name="Ashore", is_default=True)
    response = admin.post(CREATE, sent(prices=(), is_default="on"))
    assert "“Ashore” is the free plan now, and there is only one." in errors_of(response)["is_default"][0]


def test_values_must_suit_their_feature(admin):
    switch, meter = FeatureFactory(), FeatureFactory(kind="meter")
    found = errors_of(admin.post(CREATE, sent(features=[(switch, 3), (meter, ""), (switch, "")])))
    assert "A switch is simply given" in found["plan_features-0-value"][0]
    assert "Say how many the plan includes." in found["plan_features-1-value"][0]


def test_a_feature_is_listed_once(admin):
    switch = FeatureFactory()
    found = errors_of(admin.post(CREATE, sent(features=[(switch, ""), (switch, "")])))
    assert found == {
        "plan_features-1-feature": ["This feature is in the list already. Remove one of the two."]
    }


def test_a_limit_below_zero_or_beyond_counting_is_refused(admin):
    limit = FeatureFactory(kind="limit")
    for value in (-1, 10**30):
        assert "plan_features-0-value" in errors_of(admin.post(CREATE, sent(features=[(limit, value)])))


def test_an_archived_plan_goes_neither_on_sale_nor_free(admin):
    price = PriceFactory(version__plan__archived_at="2026-01-01T00:00Z")
    found = errors_of(admin.post(edit(price.version.plan), sent(version=price.version, is_default="on")))
    assert "Restore it before you put it on the pricing page." in found["is_public"][0]
    assert any("Restore it before it becomes the free plan." in message for message in found["is_default"])


def test_who_saves_second_is_told_once_and_then_heard(admin):
    price = PriceFactory(version__plan__key="team")
    opened = admin.get(edit(price.version.plan)).context["form"]["seen"].value()
    row = {"id": price.pk, "interval": "month", "amount": "19.00", "currency": "EUR"}
    mine = {**sent(name="Mine"), **rows("prices", [row], 1), "seen": opened}
    admin.post(edit(price.version.plan), {**mine, "name": "Theirs"})
    told = admin.post(edit(price.version.plan), mine)
    assert "Somebody else saved this plan" in message_of(told)
    assert Plan.objects.get().name == "Theirs"
    again = told.context["form"]["seen"].value()
    admin.post(edit(price.version.plan), {**mine, "seen": again})
    assert Plan.objects.get().name == "Mine"


def test_a_copy_starts_with_everything_and_is_hidden(admin):
    version = PlanVersionFactory(plan__key="team", plan__name="Team", trial_days=14, features={"seats": 3})
    PriceFactory(version=version)
    address = f"{CREATE}?copy={version.plan_id}"
    form = admin.get(address).context["form"]
    initial = (
        form["name"].value(),
        form["key"].value(),
        form["is_public"].value(),
        form["trial_days"].value(),
    )
    assert initial == ("Copy of Team", "team-copy", False, 14)
    price = {"id": "", "interval": "month", "amount": "19.00", "currency": "EUR"}
    seats = {"id": "", "feature": version.plan_features.get().feature_id, "value": 3}
    data = {
        **sent(name="Crew", key="crew"),
        **rows("prices", [price], 1),
        **rows("plan_features", [seats], 1),
    }
    assert admin.post(address, data).status_code == 302
    copied = current_version(Plan.objects.get(key="crew"))
    assert (copied.prices.get().amount, copied.plan_features.get().value) == (1900, 3)


def test_a_copy_of_nothing_is_not_found_and_nonsense_is_a_new_plan(admin):
    assert admin.get(f"{CREATE}?copy=999").status_code == 404
    assert admin.get(f"{CREATE}?copy=x").status_code == 200


def test_a_plan_without_versions_can_be_edited_and_copied(admin):
    plan = PlanFactory()
    assert admin.get(edit(plan)).status_code == 200
    assert admin.get(f"{CREATE}?copy={plan.pk}").status_code == 200


def test_the_preview_shows_the_card_as_far_as_it_is_right_and_writes_nothing(admin):
    seats = FeatureFactory(key="seats", kind="limit", unit="people")
    data = sent(
        prices=[("month", "19", "EUR"), ("year", "190", "EUR"), ("month", "x", "USD")], features=[(seats, 5)]
    )
    content = admin.post(PREVIEW, data).content.decode()
    for words in ("Team", "€19", "€190", "5 people", "save 16%"):
        assert words in content
    assert "/billing/checkout/" not in content
    assert not Plan.objects.exists()


def test_the_preview_is_for_those_who_edit_plans(editor):
    assert editor.post(PREVIEW, sent()).url == reverse("wagtailadmin_home")


def test_the_forms_scripts_carry_a_nonce(admin):
    content = admin.get(CREATE).content.decode()
    assert '<script nonce="' in content
    assert "<script>\n" not in content
