"""Token vectors reduced: what they tell apart stays, and an edit or another library moves nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from index.models.calibration import calibrate
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache
from index.models.reduction import MOST, Reduction, learn_reduction, token_dimension


def tokens(count: int, dimension: int, kept: int, seed: int = 1) -> np.ndarray:
    """Return tokens that differ in ``kept`` directions, and hardly in the others, around a far point."""
    chance = np.random.default_rng(seed)
    spread = np.where(np.arange(dimension) < kept, 1.0, 0.01)
    return (chance.normal(size=(count, dimension)) * spread + 5.0).astype(np.float32)


def cosines(vectors: np.ndarray) -> np.ndarray:
    moved = vectors - vectors.mean(axis=0)
    unit = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return unit @ unit.T


def test_what_tells_tokens_apart_is_kept() -> None:
    """Cosines around the mean are those of all numbers, and each row has length 1."""
    made = tokens(4000, 200, MOST)
    reduced = learn_reduction([made[:2000], made[2000:]]).of(made[:300])
    assert reduced.shape == (300, MOST) and np.allclose(np.linalg.norm(reduced, axis=1), 1, atol=1e-5)
    assert np.abs(cosines(reduced) - cosines(made[:300])).max() < 0.02


def test_what_tells_languages_apart_is_not_kept_for_its_own_sake() -> None:
    """Two languages that lie far from each other along one direction, and differ within along others."""
    one, other = tokens(500, MOST + 8, MOST, 1), tokens(500, MOST + 8, MOST, 2)
    other[:, -1] += 50.0
    basis = learn_reduction([one, other]).basis
    assert np.abs(basis[-1]).max() < 0.5


def test_small_models_keep_all_their_numbers() -> None:
    """No more directions than there are."""
    assert (token_dimension(16), token_dimension(384)) == (16, MOST)
    made = tokens(50, 16, 16)
    assert learn_reduction([made]).of(made).shape == (50, 16)


def test_the_same_tokens_give_the_same_directions() -> None:
    """Bit for bit; rounding in one place is told from another model."""
    made = tokens(500, 40, 20)
    one, again = learn_reduction([made]), learn_reduction([made.copy()])
    assert np.array_equal(one.basis, again.basis) and np.array_equal(one.mean, again.mean)
    assert one.is_close_to(Reduction(one.mean, one.basis + np.float32(1e-5)))
    assert not one.is_close_to(learn_reduction([tokens(500, 40, 20, seed=2)]))


def test_what_was_reduced_before_can_be_kept(embedder: Embedder, tmp_path: Path) -> None:
    """A known reduction that differs by rounding stays the reduction; another one doesn't."""
    cache = EmbeddingCache(tmp_path, embedder.fingerprint)
    made = calibrate(embedder, cache)
    rounded = replace(made.reduction, basis=made.reduction.basis + np.float32(1e-6))
    assert calibrate(embedder, cache, rounded).reduction is rounded
    other = replace(made.reduction, basis=made.reduction.basis[:, ::-1])
    assert np.array_equal(calibrate(embedder, cache, other).reduction.basis, made.reduction.basis)
    assert made.questions["zh"].tokens.shape == (MOST,) and made.questions["zh"].pooled.shape == (384,)
