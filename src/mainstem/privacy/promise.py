"""What the rules of a profile can say beforehand of events of one form.

Names are settled once: the rules are put to work on an example of the form, and must leave it as it is. What
stands under the names is judged in each event, text by text, by the very detectors that would look at it;
texts that only look like somebody's are remembered. Numbers are too small to be anybody's in forms.
"""

from __future__ import annotations

import copy
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from mainstem.events import Sending
from mainstem.events.form import Judged, Kind, Promise, Replaced
from mainstem.privacy.detection import IDS
from mainstem.privacy.names import bare
from mainstem.privacy.prefilter import MOST_LOOKS, is_suspicious_text, written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from mainstem.events import Step
    from mainstem.events.form import Form, Leaf, Path
    from mainstem.privacy.text import Redaction

ADDRESSES: tuple[Path, ...] = (("context", "ip"), ("context", "geo", "ip"), ("ip",), ("request_ip",))
"""Where an event holds IP addresses that rules shorten."""
_ADDRESS = "203.0.113.0"
_MOST_CHARACTERS = 256 * 1024
_LONGEST_REMEMBERED = 1024


class Judgement:
    """The detectors of one source at work on texts. Not to be shared between threads."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._clean: set[str] = set()
        self._size = 0

    def are_clean(self, events: Sequence[tuple[str, ...]]) -> bool:
        """Says of the texts of several events that nothing is found in any; False says nothing."""
        texts: Sequence[str] = [*chain.from_iterable(events)]
        if not self._clean.isdisjoint(texts):
            texts = [one for one in texts if one not in self._clean]
        text = written(texts)
        return text is not None and not is_suspicious_text(text, MOST_LOOKS * len(events))

    def are_known_lists(self, events: Sequence[tuple[list[str], ...]]) -> bool:
        """Says of the lists of several events that every text in them is remembered."""
        return self._clean.issuperset(chain.from_iterable(chain.from_iterable(events)))

    def judge(self, ids: int) -> Callable[[tuple[str, ...]], bool]:
        """Says of texts that nothing is found in any; the first `ids` of them may be random."""
        clean = self._clean

        def are_clean(texts: tuple[str, ...]) -> bool:
            # All at once is 4 µs for a dozen texts; to remember each would be more, and most come but once.
            unseen = texts if clean.isdisjoint(texts) else [one for one in texts if one not in clean]
            return not _is_suspicious(unseen) or self._look(texts, ids)

        return are_clean

    def judge_lists(self, lists: tuple[list[str], ...]) -> bool:
        """The same of lists of texts."""
        return all(map(self._is_clean_list, lists))

    def is_clean(self, text: str) -> bool:
        """Of one text; it is remembered if it only looks like somebody's."""
        if text in self._clean or not _is_suspicious((text,)):
            return True
        if self._redaction.clean(text) != text:
            return False
        self._remember(text)
        return True

    def _is_clean_list(self, texts: list[str]) -> bool:
        if self._clean.issuperset(texts):
            return True
        if not all(map(self.is_clean, texts)):
            return False
        for text in texts:  # words of lists come again and again
            self._remember(text)
        return True

    def _look(self, texts: tuple[str, ...], ids: int) -> bool:
        if any(_is_suspicious((one,)) and self._redaction.is_suspect_id(one) for one in texts[:ids]):
            return False
        return all(map(self.is_clean, texts[ids:]))

    def _remember(self, text: str) -> None:
        if len(text) > _LONGEST_REMEMBERED or text in self._clean:
            return
        self._size += len(text)
        if self._size > _MOST_CHARACTERS:
            self._clean.clear()
            self._size = 0
        self._clean.add(text)


def _is_suspicious(texts: Sequence[str]) -> bool:
    text = written(texts)
    return text is None or is_suspicious_text(text)


def promise_of(
    step: Step,
    form: Form,
    judgement: Judgement,
    redaction: Redaction,
    exempt: Collection[Path],
    keep: Callable[[str], str] | None,
) -> Promise | None:
    """`keep` shortens an address; None where addresses stay."""
    addresses = [path for path in ADDRESSES if form.kind_at(path) is Kind.TEXT and keep is not None]
    example = form.example(dict.fromkeys(addresses, _ADDRESS))
    after = copy.deepcopy(example)
    step(after, Sending(_ADDRESS, "", {}))
    if after != example:
        return None
    judged: list[Judged] = []
    if redaction.detectors:
        looked_at = [leaf for leaf in form.leaves if not _is_exempt(leaf.path, exempt)]
        if not _are_plain(form, looked_at, redaction):
            return None
        judged += _judged(looked_at, addresses, judgement)
    if keep is None:
        return Promise(judged=tuple(judged))
    replacement, shorten = _shortening(keep, judgement)
    return Promise(
        judged=tuple(judged),
        replaced=tuple(Replaced(path, replacement) for path in addresses),
        act=shorten,
    )


def _judged(leaves: list[Leaf], addresses: Collection[Path], judgement: Judgement) -> Iterator[Judged]:
    texts = [leaf.path for leaf in leaves if leaf.kind is Kind.TEXT and leaf.path not in addresses]
    ids = [path for path in texts if _is_id(path)]
    others = [path for path in texts if not _is_id(path)]
    if texts:
        judge = judgement.judge(len(ids))
        yield Judged((*ids, *others), judge, by_text=tuple(others), together=judgement.are_clean)
    lists = tuple(leaf.path for leaf in leaves if leaf.kind is Kind.TEXTS)
    if lists:
        yield Judged(lists, judgement.judge_lists, together=judgement.are_known_lists)


def _are_plain(form: Form, leaves: list[Leaf], redaction: Redaction) -> bool:
    """Whether no name tells what stands under it, and none is somebody's itself."""
    names = {name for leaf in form.leaves for name in leaf.path} | set(form.added)
    if any(redaction.clean(name) != name for name in names):
        return False
    for leaf in leaves:
        if leaf.kind in (Kind.TEXT, Kind.INT) and redaction.detector_of(leaf.path[-1]) is not None:
            return False
        if leaf.kind is Kind.FLOAT and _is_id(leaf.path):
            return False
    return True


def _is_id(path: Path) -> bool:
    return len(path) == 1 and path[0] in IDS


def _is_exempt(path: Path, exempt: Collection[Path]) -> bool:
    return any(tuple(map(bare, path[:length])) in exempt for length in range(1, len(path) + 1))


def _shortening(
    keep: Callable[[str], str], judgement: Judgement
) -> tuple[Callable[[str], str | None], Callable[[Sending, int], None]]:
    kept = lru_cache(maxsize=4096)(keep)  # 0.1 µs against 2 µs; a client sends many events

    @lru_cache(maxsize=4096)
    def replacement(address: str) -> str | None:
        short = keep(address)
        return short if short and judgement.is_clean(short) else None

    def shorten(sending: Sending, events: int) -> None:
        sending.request_ip = kept(sending.request_ip)

    return replacement, shorten
