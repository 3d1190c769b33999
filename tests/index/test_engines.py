"""The engines under retrieval: FAISS, tantivy, token vectors, and the glossary."""

from pathlib import Path

import numpy as np
import pytest

from corpus.model import Span
from index.engines.centred_tokens import CentredTokens
from index.engines.dense import DenseIndex, index_kind
from index.engines.feature_store import merge_features, open_features, write_features
from index.engines.features import Feature
from index.engines.glossing import glosses
from index.engines.lexical import LexicalIndex, LexicalRow
from index.engines.rare_features import rare_features
from index.engines.tokens import open_tokens, stored, write_tokens
from index.errors import CorruptGenerationError
from index.models.calibration import centred
from index.models.embedding import TokenVectors
from index.models.reduction import MOST

BODY = {"body": 1.0, "heading": 0.5}


def rows(count: int, dimension: int = 8) -> np.ndarray:
    return centred(
        np.random.default_rng(1).normal(size=(count, dimension)).astype(np.float32), np.zeros(dimension, np.float32)
    )


def test_dense_search_gives_cosines_best_first() -> None:
    """The order is that of numpy, the score is the cosine, and a copy from bytes agrees."""
    vectors = rows(50)
    index = DenseIndex.from_bytes(DenseIndex.build(vectors).to_bytes())
    found = index.search(vectors[7], 5)
    cosines = vectors @ vectors[7]
    assert [row for row, _ in found] == list(np.argsort(-cosines)[:5])
    assert found[0][0] == 7 and found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert np.allclose(index.vector(3), vectors[3])


def test_dense_search_gives_no_more_than_there_is() -> None:
    """More asked than held, an empty index, a vector that isn't finite."""
    vectors = rows(3)
    assert len(DenseIndex.build(vectors).search(vectors[0], 99)) == 3
    assert DenseIndex.build(np.zeros((0, 8), np.float32)).search(vectors[0], 3) == []
    with pytest.raises(ValueError, match="finite"):
        DenseIndex.build(vectors).search(np.full(8, np.nan, np.float32), 3)
    with pytest.raises(CorruptGenerationError):
        DenseIndex.from_bytes(b"nonsense")


@pytest.mark.parametrize(("count", "kind"), [(50_000, "Flat"), (50_001, "SQfp16"), (200_001, "HNSW32,SQfp16")])
def test_the_kind_of_dense_index_follows_the_size(count: int, kind: str) -> None:
    """Flat, half precision, graph."""
    assert index_kind(count) == kind


def test_lexical_search_weighs_keys_and_fields(tmp_path: Path) -> None:
    """Rare keys count more, headings count less than text, and keys are taken as they are."""
    LexicalIndex.build(
        tmp_path / "l",
        [
            LexicalRow(["=干细胞", "归巢"], ["总论"]),
            LexicalRow(["=干细胞", "炎症", "x/y-beta"], []),
            LexicalRow(["=干细胞"], ["归巢"]),
        ],
    )
    index = LexicalIndex.open(tmp_path / "l")
    assert [row for row, _ in index.search({"归巢": 1.0}, BODY, 9)] == [0, 2]
    assert [row for row, _ in index.search({"x/y-beta": 1.0}, BODY, 9)] == [1]
    found = index.search({"=干细胞": 1.0, "炎症": 1.0}, BODY, 1)
    assert found[0][0] == 1 and len(found) == 1
    assert index.search({}, BODY, 9) == [] and index.search({"没有": 1.0}, BODY, 9) == []


def test_token_vectors_survive_eight_bits(tmp_path: Path) -> None:
    """Cosines change by less than .01, rows stay with their passage, and nothing is read before it is asked for."""
    passages = [TokenVectors(rows(count, MOST), np.arange(2 * count, dtype=np.int32).reshape(-1, 2)) for count in (5, 0, 9)]
    write_tokens(tmp_path, map(stored, passages))
    store = open_tokens(tmp_path, 384)
    assert isinstance(store.vectors, np.memmap)
    tokens = CentredTokens(store, np.zeros((1, MOST), np.float32), [0, 0, 0])
    for number, passage in enumerate(passages):
        found = tokens.compare(np.asarray([number]), tokens.beside(passage.vectors))
        assert np.array_equal(tokens.spans(found.places), passage.spans) and found.counts.tolist() == [len(passage.vectors)]
        assert np.abs(found.cosines - passage.vectors @ passage.vectors.T).max(initial=0.0) < 0.01
    question = tokens.beside(passages[0].vectors)
    together, first = tokens.compare(np.asarray([2, 1, 0]), question), tokens.compare(np.asarray([0]), question)
    assert together.counts.tolist() == [9, 0, 5] and np.allclose(together.cosines[9:], first.cosines, atol=1e-6)
    assert np.array_equal(tokens.spans(together.places)[:9], passages[2].spans)
    assert tokens.compare(np.zeros(0, np.int64), question).cosines.shape == (0, 5)


def test_many_tokens_are_compared_as_few_are(tmp_path: Path) -> None:
    """In portions of which none holds all, whatever the order of the passages."""
    passages = [TokenVectors(rows(count, MOST), np.zeros((count, 2), np.int32)) for count in (700, 900, 0, 1100, 3)]
    write_tokens(tmp_path, map(stored, passages))
    tokens = CentredTokens(open_tokens(tmp_path, 384), np.zeros((1, MOST), np.float32), [0] * 5)
    question = rows(4, MOST)
    order = [4, 1, 3, 2, 0]
    found = tokens.compare(np.asarray(order), tokens.beside(question))
    expected = np.vstack([passages[number].vectors for number in order]) @ question.T
    assert np.abs(found.cosines - expected).max() < 0.01


def test_tokens_are_compared_around_the_means_of_their_languages(tmp_path: Path) -> None:
    """As if each token had its own language's mean taken out and were brought to length 1; asked twice, the same."""
    passages = [TokenVectors(rows(count, MOST), np.zeros((count, 2), np.int32)) for count in (4, 6, 3)]
    write_tokens(tmp_path, map(stored, passages))
    means, languages = rows(2, MOST) / 2, [0, 1, 0]
    tokens = CentredTokens(open_tokens(tmp_path, 384), means, languages)
    question = rows(5, MOST)
    shown = [passages[row].vectors - means[languages[row]] for row in (1, 0)]
    expected = np.vstack([part / np.linalg.norm(part, axis=1, keepdims=True) for part in shown]) @ question.T
    for order in ([0, 2], [1, 0], [1, 0]):
        found = tokens.compare(np.asarray(order), tokens.beside(question))
    assert np.abs(found.cosines - expected).max() < 0.01


def test_passages_of_like_features_are_found_as_by_comparing_each_with_each() -> None:
    """At the bound too: three of four shared count as alike, two of three don't; headings count for nothing."""
    chance = np.random.default_rng(17)
    sets = [set(chance.choice(40, size=int(chance.integers(0, 12)), replace=False).tolist()) for _ in range(150)]
    sets += [{1, 2, 3}, {1, 2, 3, 4}, {1, 2, 5}, set(), {7}, {7}]
    span = Span(0, 1)
    passages = [([Feature(str(key), span) for key in one], [Feature("above", span)]) for one in sets]
    store = merge_features(passages)
    order = chance.permutation(len(sets))
    expected = [
        (first, second)
        for first in range(len(order))
        for second in range(first + 1, len(order))
        if (union := sets[order[first]] | sets[order[second]])
        and 4 * len(sets[order[first]] & sets[order[second]]) >= 3 * len(union)
    ]
    assert len(expected) == 3
    assert rare_features(store, store.document_frequencies()).alike(order) == expected


def test_features_keep_their_places_and_frequencies(tmp_path: Path) -> None:
    """Text features have spans, heading features none, and a feature counts once a passage."""
    a, b = Feature("a", Span(0, 1)), Feature("b", Span(2, 4))
    write_features(tmp_path, merge_features([([a, a, b], [b]), ([a], [])]))
    store = open_features(tmp_path)
    ids, spans = store.of(0)
    assert [list(store.vocabulary)[i] for i in ids] == ["a", "a", "b", "b"]
    assert spans.tolist() == [[0, 1], [0, 1], [2, 4], [-1, -1]]
    assert store.document_frequencies().tolist() == [2, 1]


def test_the_dictionary_translates_only_what_the_corpus_holds() -> None:
    """English stems lead to Chinese words of the corpus, with the part they are of a sense."""
    table = glosses(["抑制", "天气", "的"])
    assert table["inhibit"]["抑制"] == 1.0
    assert table["weather"] == {"天气": 1.0}
    assert all(set(words) <= {"抑制", "天气"} for words in table.values())
