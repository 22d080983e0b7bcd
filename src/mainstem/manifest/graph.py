"""What depends on what: cycles, and an order in which everything comes after what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def find_cycle(needs: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """A cycle with its first name again at its end, empty when there is none: `("a", "b", "a")` where a
    needs b and b needs a. Names that are no key are passed over."""
    done: set[str] = set()
    for start in needs:
        trail: dict[str, None] = {}  # in order, and quick to look up
        pending = [(start, iter(needs[start]))] if start not in done else []
        if pending:
            trail[start] = None
        while pending:
            name, rest = pending[-1]
            following = next((one for one in rest if one in needs and one not in done), None)
            if following is None:
                pending.pop()
                del trail[name]
                done.add(name)
            elif following in trail:
                names = list(trail)
                return (*names[names.index(following) :], following)
            else:
                trail[following] = None
                pending.append((following, iter(needs[following])))
    return ()


def groups_of_cycles(needs: Mapping[str, Sequence[str]]) -> list[tuple[str, ...]]:
    """Names that need one another in a circle, together; every other alone. What is needed comes first, and
    names in the order of the alphabet where nothing else decides (Tarjan's strongly connected components)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[tuple[str, ...]] = []
    for start in sorted(needs):
        if start in index:
            continue
        pending = [(start, iter(sorted(needs[start])))]
        index[start] = low[start] = len(index)
        stack.append(start)
        while pending:
            name, rest = pending[-1]
            following = next((one for one in rest if one in needs), None)
            if following is None:
                pending.pop()
                if pending:
                    low[pending[-1][0]] = min(low[pending[-1][0]], low[name])
                if low[name] == index[name]:
                    cut = stack.index(name)
                    found.append(tuple(sorted(stack[cut:])))
                    del stack[cut:]
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                pending.append((following, iter(sorted(needs[following]))))
            elif following in stack:
                low[name] = min(low[name], index[following])
    return found
