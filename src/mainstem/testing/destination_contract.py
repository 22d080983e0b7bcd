"""The contract suite of a destination: subclass `DestinationContract`, give it a subject, run it with pytest.

    class TestHelpdesk(DestinationContract):
        @pytest.fixture
        def subject(self, saas): ...

Whatever a service does, each write is told of truly and done once. It asserts on records and on results,
never on how they were got. Destinations that cannot read are held to less: `mainstem.activate.Powers`.
"""

# ruff: noqa: S101  # asserting is what a suite is for

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mainstem.activate import Batch, Op, Parent, Result, Trouble, Write, comparable
from mainstem.errors import OutcomeUnknown, QuotaSpent, UsageError
from mainstem.testing.destination_subject import Trial

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mainstem.activate import Destination, Target, Value
    from mainstem.testing.destination_subject import DestinationSubject, Sample

ODD_KEYS = (
    "O'Neill \\ Sons",
    'say "hi", there; now',
    "100%_sure",
    "日本 ☃ 🎈",
    "a\\'b",
    "#hash",
    "null",
    "<b>&amp;</b>",
    "{curly} $1 :name ?",
)
LOST = [Trial.ANSWER_LOST, Trial.FAILED_AFTER, Trial.REQUEST_LOST]


class Scene:
    """One destination and what it is tried on."""

    def __init__(self, subject: DestinationSubject, destination: Destination) -> None:
        self.subject = subject
        self.destination = destination
        self.sample: Sample = subject.sample
        self.tickets: list[str] = []
        self._batches = 0

    def add(self, key: str, values: Mapping[str, Value] | None = None) -> str:
        given = {**self.sample.needed, self.sample.match: key, **(values or {})}
        return self.subject.add(self.sample.object, given)

    def create(self, number: int, key: str, values: Mapping[str, Value] | None = None) -> Write:
        return Write(number=number, op=Op.CREATE, key=key, values={**self.sample.needed, **(values or {})})

    def update(self, number: int, key: str, id_: str, values: Mapping[str, Value]) -> Write:
        return Write(number=number, op=Op.UPDATE, key=key, id=id_, values=values)

    def batch(self, writes: Sequence[Write]) -> Batch:
        self._batches += 1
        sample = self.sample
        return Batch(f"b-{self._batches}", sample.object, sample.match, writes[0].op, writes)

    def write(self, *writes: Write) -> Sequence[Result]:
        return self.destination.write(self.batch(writes), self.tickets.append)

    def read(self, keys: Collection[str], fields: Collection[str] = (), match: str = "") -> list[Target]:
        shape = self.destination.shape(self.sample.object)
        return list(self.destination.read(shape, match or self.sample.match, keys, fields))

    def stands(self) -> dict[str, Mapping[str, Value]]:
        """Records of the service by key: each key once."""
        found: dict[str, Mapping[str, Value]] = {}
        for values in self.subject.records(self.sample.object).values():
            key = str(values[self.sample.match])
            assert key not in found, f"{key} stands twice"
            found[key] = values
        return found

    def tries(self, trial: Trial) -> None:
        if trial not in self.subject.can:
            pytest.skip(f"that {trial.value} cannot be here")
        self.subject.plan(trial)
        self.destination.close()
        self.destination = self.subject.opened()


class DestinationContract:
    @pytest.fixture
    def scene(self, subject: DestinationSubject) -> Iterator[Scene]:
        scene = Scene(subject, subject.opened())
        yield scene
        scene.destination.close()

    def test_the_object_is_told_with_its_fields(self, scene: Scene) -> None:
        shape, sample = scene.destination.shape(scene.sample.object), scene.sample
        assert shape.name == sample.object
        assert {sample.match, *sample.needed, *sample.values} <= set(shape.fields)
        assert shape.fields[sample.match].is_key
        assert all(shape.fields[name].can_create for name in (*sample.needed, *sample.values))
        assert all(field.name == name for name, field in shape.fields.items())

    def test_an_object_there_is_not_is_refused(self, scene: Scene) -> None:
        with pytest.raises(UsageError, match=r"Nothing_Of_This"):
            scene.destination.shape("Nothing_Of_This")

    def test_who_we_are_is_checked(self, scene: Scene) -> None:
        findings = scene.destination.check()
        assert findings
        assert all(finding.is_good for finding in findings), findings

    def test_records_are_read_by_their_keys(self, scene: Scene) -> None:
        first = {name: pair[0] for name, pair in scene.sample.values.items()}
        numbers = {key: scene.add(key, first) for key in ("k1", "k2")}
        scene.add("k3", first)
        found = scene.read(["k2", "k1", "absent"], list(first))
        assert {one.key: one.id for one in found} == numbers
        assert all(one.values == first for one in found)
        assert scene.read([]) == []

    def test_a_record_that_was_edited_says_so(self, scene: Scene) -> None:
        number = scene.add("k1")
        name, (_, second) = next(iter(scene.sample.values.items()))
        (before,) = scene.read(["k1"], [name])
        scene.subject.edit(scene.sample.object, number, {name: second})
        (after,) = scene.read(["k1"], [name])
        assert after.values == {name: second}
        if before.modified_at is not None and after.modified_at is not None:
            assert before.modified_at < after.modified_at

    def test_many_keys_are_read_in_few_calls(self, scene: Scene) -> None:
        keys = [f"many-{number}" for number in range(900)]
        there = {key: scene.add(key) for key in keys[::9]}
        scene.destination.shape(scene.sample.object)
        before = scene.destination.usage.calls
        found = scene.read(keys)
        assert {one.key: one.id for one in found} == there
        assert len(found) == len(there)
        assert scene.destination.usage.calls - before <= 9

    def test_records_that_share_a_key_both_come(self, scene: Scene) -> None:
        if not scene.sample.shared:
            pytest.skip("no two records share a key here")
        numbers = {scene.add(key, {scene.sample.shared: "twin"}) for key in ("k1", "k2")}
        scene.add("k3", {scene.sample.shared: "single"})
        found = scene.read(["twin"], match=scene.sample.shared)
        assert {one.id for one in found} == numbers
        assert [one.key for one in found] == ["twin", "twin"]

    def test_a_key_is_found_whatever_stands_in_it(self, scene: Scene) -> None:
        numbers = {key: scene.add(key) for key in ODD_KEYS}
        assert {one.key: one.id for one in scene.read(ODD_KEYS)} == numbers
        for key in ODD_KEYS:
            assert [one.id for one in scene.read([key])] == [numbers[key]]

    def test_keys_are_compared_as_the_field_says_and_told_as_they_were_asked(self, scene: Scene) -> None:
        field = scene.destination.shape(scene.sample.object).fields[scene.sample.match]
        scene.add("Mixed Case")
        asked = ["mIXED cASE", "Mixed Case"]
        same = [key for key in asked if comparable(key, field) == comparable("Mixed Case", field)]
        assert sorted(one.key for one in scene.read(asked)) == sorted(same)

    def test_a_record_is_created_as_it_was_written(self, scene: Scene) -> None:
        first = {name: pair[0] for name, pair in scene.sample.values.items()}
        results = scene.write(scene.create(4, "k1", first), scene.create(7, "日本 ☃'\"\\"))
        assert [(one.number, one.refusal) for one in results] == [(4, None), (7, None)]
        records = scene.subject.records(scene.sample.object)
        assert first.items() <= records[results[0].id].items()
        assert {"k1", "日本 ☃'\"\\"} == set(scene.stands())
        (read,) = scene.read(["k1"], list(first))
        assert (read.id, read.values) == (results[0].id, first)

    def test_only_what_is_written_is_changed(self, scene: Scene) -> None:
        first = {name: pair[0] for name, pair in scene.sample.values.items()}
        number = scene.add("k1", first)
        for name, (_, second) in scene.sample.values.items():
            (result,) = scene.write(scene.update(0, "k1", number, {name: second}))
            assert (result.id, result.refusal) == (number, None)
            first[name] = second
            (read,) = scene.read(["k1"], list(first))
            assert read.values == first
            assert first.items() <= scene.stands()["k1"].items()

    def test_a_value_is_cleared(self, scene: Scene) -> None:
        first = {name: pair[0] for name, pair in scene.sample.values.items()}
        number = scene.add("k1", first)
        cleared = [name for name, pair in scene.sample.values.items() if not isinstance(pair[0], bool)]
        scene.write(scene.update(0, "k1", number, dict.fromkeys(cleared)))
        (read,) = scene.read(["k1"], list(first))
        assert {name for name, value in read.values.items() if value is None} == set(cleared)

    def test_a_record_is_deleted(self, scene: Scene) -> None:
        number = scene.add("k1")
        scene.add("k2")
        (result,) = scene.write(Write(number=3, op=Op.DELETE, key="k1", id=number))
        assert (result.number, result.refusal) == (3, None)
        assert set(scene.stands()) == {"k2"}
        assert scene.read(["k1"]) == []

    def test_a_record_hangs_on_the_parent_that_has_the_key(self, scene: Scene) -> None:
        sample = scene.sample
        if not sample.reference:
            pytest.skip("nothing hangs on another record here")
        parents = [
            scene.subject.add(sample.parent, {**sample.parent_needed, sample.parent_match: key})
            for key in ("p1", "it's p2")
        ]
        writes = [
            Write(
                number=number,
                op=Op.CREATE,
                key=f"k{number}",
                values=sample.needed,
                parents={sample.reference: Parent(sample.parent, sample.parent_match, key)},
            )
            for number, key in enumerate(["p1", "nobody", "it's p2"])
        ]
        good, bad, other = scene.write(*writes)
        assert (good.refusal, other.refusal) == (None, None)
        assert bad.refusal is not None
        assert bad.refusal.trouble is Trouble.PARENT
        records = scene.subject.records(sample.object)
        assert [records[one.id][sample.reference] for one in (good, other)] == parents
        assert set(scene.stands()) == {"k0", "k2"}

    @pytest.mark.parametrize("is_large", [False, True])
    def test_a_row_that_is_refused_is_told_in_its_place(self, scene: Scene, is_large: bool) -> None:
        rows = scene.subject.many if is_large else 5
        writes = [
            scene.create(number, f"k{number:04}", scene.sample.refused if number in (1, 3) else None)
            for number in range(rows)
        ]
        results = scene.write(*writes)
        assert [one.number for one in results] == list(range(rows))
        troubles = {one.number: one.refusal.trouble for one in results if one.refusal}
        assert troubles == {1: Trouble.DATA, 3: Trouble.DATA}
        assert all(one.refusal.code and one.refusal.message for one in results if one.refusal)
        records = scene.subject.records(scene.sample.object)
        told = {writes[one.number].key: one.id for one in results if one.refusal is None}
        assert {values[scene.sample.match]: number for number, values in records.items()} == told

    @pytest.mark.parametrize("is_large", [False, True])
    def test_a_record_that_is_gone_and_one_that_is_taken_are_told(self, scene: Scene, is_large: bool) -> None:
        rows = scene.subject.many if is_large else 3
        name, (first, second) = next(iter(scene.sample.values.items()))
        numbers = [scene.add(f"k{number:04}", {name: first}) for number in range(rows)]
        scene.subject.remove(scene.sample.object, numbers[1])
        updates = [
            scene.update(place, f"k{place:04}", number, {name: second})
            for place, number in enumerate(numbers)
        ]
        results = scene.write(*updates)
        assert {one.number: one.refusal.trouble for one in results if one.refusal} == {1: Trouble.GONE}
        creates = [scene.create(place, f"k{place:04}") for place in range(rows)]
        results = scene.write(*creates)
        told = {one.number: one.refusal.trouble if one.refusal else None for one in results}
        assert told == dict.fromkeys(range(rows), Trouble.TAKEN) | {1: None}
        assert len(scene.stands()) == rows

    def test_a_row_that_is_held_is_told_and_the_others_are_written(self, scene: Scene) -> None:
        scene.tries(Trial.ROW_LOCKED)
        results = scene.write(*(scene.create(number, f"k{number}") for number in range(3)))
        troubles = {one.number: one.refusal.trouble for one in results if one.refusal}
        assert troubles == {0: Trouble.LOCKED}
        assert set(scene.stands()) == {"k1", "k2"}

    def test_as_many_as_may_be_are_written_each_once(self, scene: Scene) -> None:
        rows = scene.subject.many
        assert scene.destination.largest(Op.CREATE, 3) >= 1
        assert scene.destination.largest(Op.CREATE, rows) >= min(rows, 1)
        name, (first, second) = next(iter(scene.sample.values.items()))
        creates = [scene.create(number, f"k{number:04}", {name: first}) for number in range(rows)]
        results = scene.write(*creates)
        assert [one.refusal for one in results] == [None] * rows
        ids = {writes.key: one.id for writes, one in zip(creates, results, strict=True)}
        updates = [
            scene.update(number, key, ids[key], {name: second if number % 2 else None})
            for number, key in enumerate(reversed(ids))
        ]
        assert [one.refusal for one in scene.write(*updates)] == [None] * rows
        stands = scene.stands()
        assert {key: values[name] for key, values in stands.items()} == {
            one.key: one.values[name] for one in updates
        }
        deletes = [Write(number=n, op=Op.DELETE, key=key, id=id_) for n, (key, id_) in enumerate(ids.items())]
        assert [one.refusal for one in scene.write(*deletes)] == [None] * rows
        assert scene.stands() == {}

    @pytest.mark.parametrize("trial", [Trial.LOGGED_OUT, Trial.LIMITED])
    @pytest.mark.parametrize("is_large", [False, True])
    def test_what_is_over_in_a_moment_is_waited_for(self, scene: Scene, trial: Trial, is_large: bool) -> None:
        scene.tries(trial)
        rows = scene.subject.many if is_large else 3
        results = scene.write(*(scene.create(number, f"k{number:04}") for number in range(rows)))
        assert [one.refusal for one in results] == [None] * rows
        assert len(scene.stands()) == rows

    @pytest.mark.parametrize("is_large", [False, True])
    def test_a_spent_quota_leaves_nothing_done(self, scene: Scene, is_large: bool) -> None:
        scene.tries(Trial.QUOTA_SPENT)
        rows = scene.subject.many if is_large else 3
        with pytest.raises(QuotaSpent):
            scene.write(*(scene.create(number, f"k{number:04}") for number in range(rows)))
        assert scene.stands() == {}

    @pytest.mark.parametrize("trial", LOST)
    @pytest.mark.parametrize("is_large", [False, True])
    def test_what_came_of_a_lost_answer_is_found_out_and_nothing_is_written_twice(
        self, scene: Scene, trial: Trial, is_large: bool
    ) -> None:
        """As the engine does: `resume` by another process, else records are read; then the rest is sent."""
        scene.tries(trial)
        rows = scene.subject.many if is_large else 4
        name, (first, _) = next(iter(scene.sample.values.items()))
        writes = [scene.create(number, f"k{number:04}", {name: first}) for number in range(rows)]
        batch = scene.batch(writes)
        try:
            results: Sequence[Result] | None = scene.destination.write(batch, scene.tickets.append)
        except OutcomeUnknown:
            with closing(scene.subject.opened()) as another:
                told = another.resume(batch, scene.tickets[-1]) if scene.tickets else None
                results = told if told is not None else self._read_back(scene, another, writes)
        assert results is not None
        done = {writes[one.number].key: one.id for one in results if one.refusal is None}
        records = scene.subject.records(scene.sample.object)
        assert {values[scene.sample.match]: number for number, values in records.items()} == done
        left = [writes[one.number] for one in results if one.refusal]
        assert all(one.refusal.trouble is Trouble.AGAIN for one in results if one.refusal)
        if left:
            assert all(one.refusal is None for one in scene.write(*left))
        assert len(scene.stands()) == rows

    @pytest.mark.parametrize("is_large", [False, True])
    def test_a_batch_is_noted_before_anything_is_done(self, scene: Scene, is_large: bool) -> None:
        """A process that dies while it notes has written nothing; another is told so, or reads it."""
        rows = scene.subject.many if is_large else 3
        writes = [scene.create(number, f"k{number:04}") for number in range(rows)]

        class Died(BaseException):
            pass

        def dies(ticket: str) -> None:
            assert not scene.subject.records(scene.sample.object)
            scene.tickets.append(ticket)
            raise Died

        batch = scene.batch(writes)
        try:
            scene.destination.write(batch, dies)
        except Died:
            assert scene.stands() == {}
            with closing(scene.subject.opened()) as another:
                told = another.resume(batch, scene.tickets[-1])
            assert told is None or all(
                one.refusal is not None and one.refusal.trouble is Trouble.AGAIN for one in told
            )
            scene.write(*writes)
        assert len(scene.stands()) == rows

    def test_an_update_that_is_sent_again_changes_nothing_more(self, scene: Scene) -> None:
        name, (first, second) = next(iter(scene.sample.values.items()))
        number = scene.add("k1", {name: first})
        for _ in range(2):
            (result,) = scene.write(scene.update(0, "k1", number, {name: second}))
            assert result.refusal is None
        assert scene.stands()["k1"][name] == second

    def test_calls_are_counted_and_a_closed_connection_is_closed_again(self, scene: Scene) -> None:
        before = scene.destination.usage.calls
        scene.write(scene.create(0, "k1"))
        assert scene.destination.usage.calls > before
        scene.destination.close()
        scene.destination.close()

    @staticmethod
    def _read_back(scene: Scene, destination: Destination, writes: Sequence[Write]) -> list[Result]:
        from mainstem.activate import Refusal

        shape = destination.shape(scene.sample.object)
        keys = [write.key for write in writes]
        found = {one.key: one.id for one in destination.read(shape, scene.sample.match, keys, ())}
        undone = Refusal(Trouble.AGAIN, "NOT_THERE", "it was not written")
        return [
            Result(write.number, found.get(write.key, ""), None if write.key in found else undone)
            for write in writes
        ]
