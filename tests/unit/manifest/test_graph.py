from __future__ import annotations

from mainstem.manifest.graph import find_cycle, groups_of_cycles


def test_there_is_no_cycle_in_a_diamond() -> None:
    assert find_cycle({"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c")}) == ()


def test_a_cycle_is_found_behind_what_leads_to_it() -> None:
    assert find_cycle({"x": ("a",), "a": ("b",), "b": ("c", "nobody"), "c": ("a",)}) == ("a", "b", "c", "a")


def test_a_long_chain_is_no_matter_for_the_stack() -> None:
    chain = {str(n): (str(n + 1),) for n in range(5000)}
    assert find_cycle(chain) == ()
    assert len(groups_of_cycles(chain)) == 5000


def test_what_needs_one_another_is_one_group_and_what_is_needed_comes_first() -> None:
    needs = {"marts": ("core", "staging"), "core": ("staging", "marts"), "staging": (), "other": ("marts",)}
    assert groups_of_cycles(needs) == [("staging",), ("core", "marts"), ("other",)]
