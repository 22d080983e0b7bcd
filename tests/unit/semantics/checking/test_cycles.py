from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mainstem.semantics import Reading


def test_many_ways_to_the_same_field_are_walked_once(read: Callable[..., Reading]) -> None:
    steps = 200
    fields = "\n".join(
        f"dimension: a{n} {{ sql: ${{a{n + 1}}} + ${{b{n + 1}}} ;; }} "
        f"dimension: b{n} {{ sql: ${{b{n + 1}}} + ${{a{n + 1}}} ;; }}"
        for n in range(steps)
    )
    assert read(f"view: v {{ {fields} dimension: a{steps} {{}} dimension: b{steps} {{}} }}").errors == ()


def test_every_circle_of_its_own_is_named(read: Callable[..., Reading]) -> None:
    reading = read(
        "view: v { dimension: x { sql: ${y} ;; } dimension: y { sql: ${x} ;; }"
        " dimension: z { sql: ${z} ;; } }"
    )
    assert [error.message.partition(":")[0] for error in reading.errors] == ["x → y → x", "z → z"]
