"""What is remembered in a process, and when it is forgotten."""

from billing.entitlements.memory import Memory


def remember(memory, key, value, *, fresh=True):
    return memory.get(key, make=lambda: value, fresh=lambda _: fresh)


def test_a_value_is_made_once():
    memory = Memory(size=2)
    assert remember(memory, "a", 1) == remember(memory, "a", 2) == 1


def test_a_stale_value_is_made_again():
    memory = Memory(size=2)
    remember(memory, "a", 1)
    assert remember(memory, "a", 2, fresh=False) == 2


def test_the_one_used_longest_ago_is_forgotten_first():
    memory = Memory(size=2)
    remember(memory, "a", 1)
    remember(memory, "b", 1)
    remember(memory, "a", 1)
    remember(memory, "c", 1)
    assert len(memory) == 2
    assert [remember(memory, key, 2) for key in ("a", "b")] == [1, 2]
