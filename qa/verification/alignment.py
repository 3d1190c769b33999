"""Laying a quote beside the text that it seems to come from: the runs that agree, and the gaps between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from qa.verification.quote_index import QuoteIndex

_SLACK = 24  # characters around the likely place that are looked at too
_LONGEST_CHANCE = 4  # runs of up to so many characters, far from others, agree by chance


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of a quote's loose form that stand in the index's text, ``length`` from each place on."""

    quote: int
    text: int
    length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """A quote, from ``start`` to ``end`` of its loose form, beside the index's text: one or more agreeing runs in order."""

    start: int
    end: int
    runs: tuple[Run, ...]

    @property
    def text_start(self) -> int:
        """Where the aligned text begins."""
        return self.runs[0].text

    @property
    def text_end(self) -> int:
        """Where the aligned text ends."""
        return self.runs[-1].text + self.runs[-1].length

    @property
    def agreeing(self) -> int:
        """How many characters agree."""
        return sum(run.length for run in self.runs)

    @property
    def similarity(self) -> float:
        """Agreeing characters against both lengths (Ratcliff and Obershelp's measure), 0 to 1."""
        return min(1.0, 2 * self.agreeing / (self.end - self.start + self.text_end - self.text_start))

    def gaps(self) -> list[tuple[int, int, int, int]]:
        """Return what lies between, before and after the runs: from, to in the quote, from, to in the text."""
        found = []
        quote, text = self.start, self.text_start
        for run in self.runs:
            found.append((quote, run.quote, text, run.text))
            quote, text = run.quote + run.length, run.text + run.length
        found.append((quote, self.end, text, text))
        return [gap for gap in found if gap[0] < gap[1] or gap[2] < gap[3]]

    def parted(self, most: int) -> list["Alignment"]:
        """Return the alignment cut wherever more than ``most`` characters of the text are left out."""
        groups: list[list[Run]] = [[]]
        for run in self.runs:
            before = groups[-1][-1] if groups[-1] else None
            if before and run.text - before.text - before.length > most:
                groups.append([])
            groups[-1].append(run)
        starts = [self.start, *(group[0].quote for group in groups[1:])]
        ends = [*starts[1:], self.end]
        return [Alignment(start, end, tuple(runs)) for start, end, runs in zip(starts, ends, groups, strict=True)]


def align(quote: str, start: int, end: int, index: QuoteIndex, numbers: Sequence[int], most: int = 6) -> list[Alignment]:
    """Return alignments of ``quote[start:end]`` with its likeliest places, best first."""
    found = []
    for place in index.likely(quote[start:end], numbers, most):
        alignment = _align_at(quote, start, end, place, index)
        if alignment is not None:
            found.append(alignment)
    kept: list[Alignment] = []
    for alignment in sorted(found, key=lambda item: (-item.agreeing, -item.similarity, item.text_start)):
        if all(alignment.text_end <= other.text_start or other.text_end <= alignment.text_start for other in kept):
            kept.append(alignment)
    return kept


def _align_at(quote: str, start: int, end: int, place: int, index: QuoteIndex) -> Alignment | None:
    middle = min(max(place + (end - start) // 2, 0), len(index.text) - 1)
    low, high = index.bounds(index.number_at(middle))
    low, high = max(low, place - _SLACK), min(high, place + end - start + _SLACK)
    matcher = SequenceMatcher(None, quote[start:end], index.text[low:high], autojunk=False)
    runs = [Run(start + block.a, low + block.b, block.size) for block in matcher.get_matching_blocks() if block.size]
    runs = _without_chance(runs)
    return Alignment(start, end, tuple(runs)) if runs else None


def _without_chance(runs: list[Run]) -> list[Run]:
    """Return ``runs`` without short ones that stand alone: any two sentences of a field share some words."""
    kept = list(runs)
    for run in sorted(runs, key=lambda item: item.length):
        if run.length > _LONGEST_CHANCE or len(kept) == 1:
            break
        place = kept.index(run)
        before, after = kept[:place][-1:], kept[place + 1 :][:1]
        gaps = [_gap(other, run) for other in before] + [_gap(run, other) for other in after]
        if all(gap > 2 * run.length for gap in gaps):
            kept.remove(run)
    return kept


def _gap(run: Run, following: Run) -> int:
    return max(following.quote - run.quote, following.text - run.text) - run.length


def joined(parts: Iterable[Alignment], most: int) -> list[Alignment]:
    """Return ``parts`` in order of the quote, those made one that follow each other in the text within ``most`` characters.

    Each ends where the next begins to agree, so that no part answers for what another one explains.
    """
    made: list[Alignment] = []
    for part in sorted(parts, key=lambda item: item.runs[0].quote):
        before = made[-1] if made else None
        if before and 0 <= part.text_start - before.text_end <= most:
            made[-1] = Alignment(before.start, part.end, before.runs + part.runs)
        else:
            made.append(part)
    starts = [part.start if number == 0 else part.runs[0].quote for number, part in enumerate(made)]
    ends = [*starts[1:], max((part.end for part in made), default=0)]
    return [replace(part, start=start, end=end) for part, start, end in zip(made, starts, ends, strict=True)]
