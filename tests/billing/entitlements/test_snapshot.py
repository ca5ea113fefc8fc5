"""What adding up plans gives."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.entitlements.snapshot import Entitlements, Granted, Held, compile_entitlements

NOW = datetime(2026, 11, 23, tzinfo=UTC)
FREE = Held("ashore", "Ashore", 0, {"seats": 1, "exports": 0})

values = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.integers(0, 100))
plans = st.builds(Held, st.text(max_size=5), st.text(max_size=5), st.integers(0, 9), values)


def test_nobody_without_a_plan_may_do_anything():
    assert compile_entitlements([], default=None) == Entitlements()


def test_without_a_subscription_the_free_plan_counts():
    free = compile_entitlements([], default=FREE)
    assert (free.plan_key, free.features) == ("ashore", {"seats": 1, "exports": 0})


def test_the_better_value_counts_and_values_do_not_add_up():
    held = [Held("a", "A", 1, {"seats": 3}), Held("b", "B", 2, {"seats": 2, "exports": None})]
    assert compile_entitlements(held, default=FREE).features == {"seats": 3, "exports": None}


def test_the_plan_is_named_after_the_highest_one():
    held = [Held("a", "A", 1, {}), Held("b", "B", 2, {})]
    assert compile_entitlements(held, default=FREE).plan_name == "B"


def test_a_grant_holds_from_the_second_it_starts_to_the_one_before_it_ends():
    second = timedelta(seconds=1)
    grant = Granted("exports", None, NOW, NOW + second)
    assert [grant.holds(NOW + second * step) for step in (-1, 0, 1)] == [False, True, False]
    assert Granted("exports", None, NOW, None).holds(NOW + timedelta(days=9999))


def test_it_is_stale_when_the_first_grace_period_ends():
    soon, later = NOW + timedelta(days=1), NOW + timedelta(days=2)
    held = [Held("a", "A", 1, {}, until=later), Held("b", "B", 2, {}, until=soon), FREE]
    assert compile_entitlements(held, default=None).stale_at == soon


def test_a_limit_of_zero_is_not_included_but_no_limit_is():
    entitlements = Entitlements(features={"none": 0, "endless": None, "some": 2})
    included = [key for key in ("none", "endless", "some", "absent") if entitlements.includes(key)]
    assert included == ["endless", "some"]


@given(st.lists(plans, max_size=5), plans)
def test_nobody_who_pays_has_less_than_the_free_plan_gives(held, free):
    entitlements = compile_entitlements(held, default=free)
    for key, value in free.values.items():
        got = entitlements.features[key]
        assert got is None or (value is not None and got >= value)


@given(st.lists(plans, max_size=5), st.randoms())
def test_the_order_of_subscriptions_does_not_matter(held, random):
    shuffled = random.sample(held, len(held))
    one = compile_entitlements(held, default=None)
    assert compile_entitlements(shuffled, default=None).features == one.features
