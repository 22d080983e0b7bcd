from __future__ import annotations

from mainstem.store.coverage import CoveredBuild
from mainstem.transform.coverage import CoveredNode
from mainstem.transform.standing import RunStanding, newest_project, standing_of

STG, MART, TEST = "model.shop.stg", "model.shop.mart", "test.shop.unique.1"
NODES = {
    MART: CoveredNode("mart", (STG,)),
    TEST: CoveredNode("unique", (MART, STG)),
    STG: CoveredNode("stg"),
}


def build(
    number: int,
    *good: str,
    bad: tuple[str, ...] = (),
    project: str | None = "p",
    snapshot: int | None = None,
    run: str = "r",
) -> CoveredBuild:
    """A build with what went well in it; its snapshot is ten times its number unless told otherwise."""
    known = project is not None
    at = number * 10 if snapshot is None and (good or bad) else snapshot
    return CoveredBuild(
        number,
        run,
        ["build"],
        "ada",
        at,
        project,
        list(good) if known else None,
        list(bad) if known else None,
    )


def standing(*builds: CoveredBuild) -> RunStanding:
    return standing_of(NODES, "p", builds)


def test_groups_built_one_after_another_stand_for_the_whole() -> None:
    found = standing(build(1, STG), build(2, MART), build(3, TEST))
    assert found == RunStanding({}, models=2, tests=1, snapshot=30)


def test_what_no_build_went_through_is_left_in_an_order_to_build_it_in() -> None:
    found = standing(build(1, STG))
    assert found.stale == {
        MART: "no build of the run went through it",
        TEST: "no build of the run went through it",
    }
    assert list(standing().stale) == [STG, MART, TEST]


def test_what_failed_is_left_and_so_is_all_that_reads_it() -> None:
    found = standing(build(1, STG), build(2, bad=(MART,)), build(3, TEST))
    assert found.stale == {MART: "it failed in build 2", TEST: "mart, which it reads, is not up to date"}


def test_a_failure_that_a_later_build_mended_is_forgotten() -> None:
    assert standing(build(1, STG), build(2, bad=(MART,)), build(3, MART, TEST)).stale == {}


def test_a_success_that_a_later_build_undid_does_not_count() -> None:
    found = standing(build(1, STG, MART, TEST), build(2, bad=(TEST,), run=""), build(3, STG, MART))
    assert found.stale == {TEST: "it failed in build 2"}


def test_what_was_built_before_what_it_reads_is_stale() -> None:
    found = standing(build(1, MART, TEST), build(2, STG))
    assert found.stale[MART] == "stg, which it reads, was built again after it, in build 2"
    assert TEST in found.stale


def test_a_test_that_ran_before_its_models_were_built_again_says_nothing() -> None:
    found = standing(build(1, STG, MART, TEST), build(2, MART, run="somebody else's"), build(3, STG, MART))
    assert list(found.stale) == [TEST]


def test_a_build_of_which_nothing_is_known_leaves_no_word_standing() -> None:
    found = standing(build(1, STG, MART), build(2, project=None, run=""), build(3, TEST))
    assert found.stale[STG] == "build 2 of ada may have changed it"
    assert list(found.stale) == [STG, MART, TEST]


def test_what_was_built_from_other_files_is_stale() -> None:
    found = standing(build(1, STG, project="older"), build(2, MART), build(3, TEST))
    assert found.stale[STG] == "build 1 had the project's files as they were before"


def test_the_project_is_what_the_newest_build_of_the_run_read() -> None:
    builds = [
        build(1, project="older"),
        build(2, project="p"),
        build(3, project="q", run=""),
        build(4, project=None),
    ]
    assert newest_project(builds, "r") == "p"
    assert newest_project(builds[2:], "r") is None


def test_the_snapshot_is_the_one_after_the_last_build_that_did_anything() -> None:
    assert standing(build(1, STG, MART, TEST), build(2)).snapshot == 10
