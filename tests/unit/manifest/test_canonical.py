from __future__ import annotations

from mainstem.manifest import Dag, Manifest, Task, digest, dump, pretty, read_manifest


def of(**env: str) -> Manifest:
    return Manifest("shop", (Dag("d", (Task("x", ("true",), env=env),)),))


def test_the_same_values_have_the_same_digest_however_they_were_written() -> None:
    assert digest(of(A="1", B="2")) == digest(of(B="2", A="1"))
    assert digest(of(A="1")) != digest(of(A="2"))


def test_the_digest_is_the_one_that_later_versions_must_keep() -> None:
    assert dump(of()) == (
        b'{"dags":[{"dag_id":"d","tasks":[{"argv":["true"],"task_id":"x"}]}],"image":"","pools":[],'
        b'"project":"shop","version":1}'
    )
    assert digest(of()) == "ccab160edf899748ecbb550e9c2fbad8a250ec7c906ada23ef7e71db0426db83"


def test_what_is_printed_for_people_is_the_same_manifest() -> None:
    assert read_manifest(pretty(of(A="1"))) == of(A="1")
