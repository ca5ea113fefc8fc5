"""What a benchmark's figures mean, in each of its forms."""

import pytest

from benchmarks.measure import Form, compare, percentile, summarise

TEN_TO_FIFTY = [(10.0, 50.0), (10.0, 40.0), (10.0, 60.0)]


@pytest.mark.parametrize(
    ("form", "ratio", "spread"),
    [
        (Form.FASTER, 5.0, [4.0, 6.0]),
        (Form.THROUGHPUT, 0.2, [0.17, 0.25]),
        (Form.COST, 0.2, [0.17, 0.25]),
    ],
)
def test_each_form_has_its_ratio(form, ratio, spread):
    result = summarise("n", TEN_TO_FIFTY, peer_name="p", goal=1, unit="µs", form=form)
    assert (result.ours, result.peer, result.ratio, result.spread) == (10, 50, ratio, spread)


@pytest.mark.parametrize(
    ("form", "goal", "holds"),
    [
        (Form.FASTER, 5, True),
        (Form.FASTER, 5.1, False),
        (Form.THROUGHPUT, 0.2, True),
        (Form.THROUGHPUT, 0.3, False),
        (Form.COST, 0.2, True),
        (Form.COST, 0.1, False),
    ],
)
def test_a_goal_is_a_floor_for_gains_and_a_ceiling_for_costs(form, goal, holds):
    result = summarise("n", TEN_TO_FIFTY, peer_name="p", goal=goal, unit="µs", form=form)
    assert result.holds is holds
    assert ("holds" in str(result)) is holds


def test_a_ceiling_is_said_in_the_name():
    result = summarise("a check", TEN_TO_FIFTY, peer_name="p", goal=1.3, unit="µs", form=Form.COST)
    assert result.as_dict()["name"] == "a check, at most 1.3x"


def test_two_ways_are_timed_in_turns():
    calls = []
    compare("n", lambda: calls.append("a"), lambda: calls.append("b"), peer_name="p", goal=1, times=2)
    assert "".join(calls[:8]) == "aabbaabb"


def test_a_percentile_is_one_of_the_values():
    assert percentile([float(value) for value in range(1, 101)], 0.99) == 100
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2
