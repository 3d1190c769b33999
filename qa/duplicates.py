"""The same passage twice: in another document, or copied with small changes. It is shown once, with all its places."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

import numpy as np

from corpus.matching import normalise_text
from index.opening import Generation

# Passages whose words overlap this much (Jaccard) are read; those whose letters agree this much are the same.
_WORDS, _LETTERS = 0.75, 0.9
# What may not differ between two copies, however little of the text it is: a number, a negation, a Latin name.
_DECISIVE = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+[a-z0-9-]*|[不未没无非否]")
_MARKS = re.compile(r"[\W_]+")


def find_duplicates(rows: Sequence[int], generation: Generation) -> list[tuple[int, int]]:
    """Return the pairs of ``rows`` (as places in it, the earlier first) that hold the same passage."""
    if len(rows) < 2:
        return []
    ids, places, owner = generation.features.of_rows(rows)
    inside = places[:, 0] >= 0
    known = np.zeros(len(generation.features.vocabulary), np.int64)
    known[ids[inside]] = 1
    columns = np.cumsum(known) - 1
    table = np.zeros((len(rows), int(known.sum())), np.float32)
    table[owner[inside], columns[ids[inside]]] = 1.0
    sizes = table.sum(axis=1)
    shared = table @ table.T
    likeness = shared / np.maximum(sizes[:, None] + sizes[None, :] - shared, 1.0)
    near = np.argwhere(np.triu(likeness >= _WORDS, 1))
    return [
        (int(one), int(other))
        for one, other in near
        if is_same(generation.passages[rows[one]].text, generation.passages[rows[other]].text)
    ]


def is_same(one: str, other: str) -> bool:
    """Tell whether two texts are copies of each other, at most with small changes that decide nothing."""
    first, second = normalise_text(one), normalise_text(other)
    if _MARKS.sub("", first) == _MARKS.sub("", second):
        return True
    if sorted(_DECISIVE.findall(first)) != sorted(_DECISIVE.findall(second)):
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _LETTERS
