from __future__ import annotations

from mainstem.supervise.restarts import LONGEST_WAIT_SECONDS, SOUND_SECONDS, Ends


def test_each_end_in_a_row_makes_the_next_start_wait_longer_up_to_a_bound() -> None:
    ends, waits = Ends(), []
    for _ in range(12):
        ends = ends.after(lived=1.0)
        waits.append(ends.wait)
    assert waits[:4] == [0.5, 1.0, 2.0, 4.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_SECONDS


def test_a_process_that_lived_long_is_started_again_at_once() -> None:
    ends = Ends(7).after(lived=SOUND_SECONDS)
    assert ends == Ends(1)
    assert ends.wait == Ends().after(1.0).wait


def test_a_process_is_said_to_keep_ending_from_its_third_end_in_a_row() -> None:
    assert [Ends(number).keeps_ending for number in (1, 2, 3, 4)] == [False, False, True, True]


def test_many_ends_in_a_row_do_not_overflow() -> None:
    assert Ends(10**6).wait == LONGEST_WAIT_SECONDS
