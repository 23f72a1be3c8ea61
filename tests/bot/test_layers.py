"""Trees of settings, one laid over the other."""

from hypothesis import given
from hypothesis import strategies as st

from bot.layers import Reading, merged

TREES = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner), max_leaves=8
).filter(lambda tree: isinstance(tree, dict))


def test_what_only_one_side_says_is_kept() -> None:
    below = {"a": {"x": 1, "y": 2}, "b": 3}
    above = {"a": {"y": 5}, "c": 6}

    assert merged(below, above) == {"a": {"x": 1, "y": 5}, "b": 3, "c": 6}


@given(TREES)
def test_a_tree_over_itself_is_the_same_tree(tree: dict[str, object]) -> None:
    assert merged(tree, tree) == tree
    assert merged({}, tree) == tree
    assert merged(tree, {}) == tree


def test_a_value_knows_the_variable_it_came_from_or_else_the_file() -> None:
    reading = Reading(file="fedpivot.toml")

    reading.put(("health", "port"), "1", "FEDPIVOT_HEALTH__PORT")

    assert reading.origin(("health", "port")) == "FEDPIVOT_HEALTH__PORT"
    assert reading.origin(("health", "host")) == "fedpivot.toml"
    assert reading.values == {"health": {"port": "1"}}


def test_a_table_takes_the_place_of_a_value_that_was_none() -> None:
    reading = Reading(values={"health": 5})

    reading.put(("health", "port"), "1", "FEDPIVOT_HEALTH__PORT")

    assert reading.values == {"health": {"port": "1"}}
