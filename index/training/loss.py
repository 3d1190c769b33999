"""What is learned: the right passage first, by late interaction and by the pooled vector at once."""

from collections.abc import Iterable
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.util.similarity import maxsim
from torch import Tensor, nn
from torch.nn import functional

PROMPT_TOKENS = 3  # <s>, the word "query" or "passage", and the colon: none of them is compared


class BothVectors(nn.Module):
    """InfoNCE over the passages of a batch (van den Oord and others, 2018), nearest passages of other questions included.

    Scores are MaxSim (Khattab and Zaharia, SIGIR 2020), a mean of cosines over the query's tokens, and the cosine of the
    pooled vectors; both are divided by a temperature. Columns are the query, its passage, and one near it.
    """

    def __init__(
        self, model: SentenceTransformer, *, tokens: float = 0.03, pooled: float = 0.02, pooled_share: float = 0.3
    ) -> None:
        super().__init__()
        self.model = model
        self.tokens, self.pooled, self.pooled_share = tokens, pooled, pooled_share

    def forward(self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None) -> Tensor:
        """Return the loss of a batch."""
        queries, *passages = [self._encoded(features) for features in sentence_features]
        most = max(vectors.shape[1] for vectors, _, _ in passages)
        vectors = torch.cat([_padded(item[0], most) for item in passages])
        mask = torch.cat([_padded(item[1], most) for item in passages])
        by_tokens = maxsim(queries[0], vectors, a_mask=queries[1], b_mask=mask, length_normalize=True) / self.tokens
        by_pooled = queries[2] @ torch.cat([item[2] for item in passages]).T / self.pooled
        return (1 - self.pooled_share) * _contrast(by_tokens) + self.pooled_share * _contrast(by_pooled)

    def _encoded(self, features: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Return unit token vectors (b, t, d), which of them count (b, t), and unit pooled vectors (b, d)."""
        out: dict[str, Any] = self.model(features)
        kept = features["attention_mask"].clone().float()
        last = features["attention_mask"].sum(dim=1) - 1
        kept[torch.arange(len(kept)), last] = 0
        kept[:, :PROMPT_TOKENS] = 0
        tokens = functional.normalize(out["token_embeddings"].float(), dim=-1)
        return tokens, kept, functional.normalize(out["sentence_embedding"].float(), dim=-1)


def _padded(values: Tensor, length: int) -> Tensor:
    missing = length - values.shape[1]
    return functional.pad(values, (0, 0, 0, missing) if values.dim() == 3 else (0, missing))


def _contrast(scores: Tensor) -> Tensor:
    """Return the cross entropy of ``scores`` (q, p) both ways; passage i answers query i."""
    right = torch.arange(len(scores), device=scores.device)
    there = functional.cross_entropy(scores, right)
    back = functional.cross_entropy(scores[:, : len(scores)].T, right)
    return 0.7 * there + 0.3 * back
