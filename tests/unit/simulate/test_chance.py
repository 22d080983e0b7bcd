from __future__ import annotations

from random import Random
from uuid import UUID

from mainstem.simulate.chance import uuid_text


def test_a_uuid_is_the_one_that_pythons_module_makes_of_the_same_bits() -> None:
    random = Random(1)
    for number in [0, 2**128 - 1, *(random.getrandbits(128) for _ in range(500))]:
        assert uuid_text(number) == str(UUID(int=number, version=4))
