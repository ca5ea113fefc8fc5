"""The form encoding of Stripe's clients."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from sandbox.stripe.errors import ApiError
from sandbox.stripe.wire import decode_form

names = st.text("abcdefghij_", min_size=1, max_size=6)
values = st.text("aé&=[]% +;", max_size=12)
trees = st.recursive(
    values, lambda inner: st.dictionaries(names, inner, min_size=1, max_size=3), max_leaves=12
)


def test_nested_names_become_nested_hashes() -> None:
    assert decode_form("a[b][0][c]=x&a[b][1][c]=y&d=") == {
        "a": {"b": {"0": {"c": "x"}, "1": {"c": "y"}}},
        "d": "",
    }


def test_lists_without_positions_keep_their_order() -> None:
    assert decode_form("expand[]=a&expand[]=b") == {"expand": {"0": "a", "1": "b"}}


@given(st.dictionaries(names, trees, max_size=4))
def test_what_stripe_python_encodes_is_read_back(params: dict) -> None:
    assert decode_form(urlencode(list(_api_encode(params)))) == params


@pytest.mark.parametrize("text", ["a=1&a[b]=2", "a[b=1", "[a]=1", "a" + "[b]" * 40 + "=1"])
def test_a_name_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(ApiError):
        decode_form(text)
