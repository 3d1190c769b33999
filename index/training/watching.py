"""How well an encoder finds what it wasn't trained on, while it is trained."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from sentence_transformers.util.similarity import maxsim
from torch import Tensor
from torch.nn import functional

from index.training.loss import PROMPT_TOKENS
from index.training.pairs import Triple

_BATCH = 32


class Watch:
    """Sets of questions that aren't trained on, each among the passages of its own set."""

    def __init__(self, abstracts: Sequence[Triple], questions: Sequence[Triple]) -> None:
        english = [one for one in abstracts if one.query.isascii() and not one.positive.isascii()]
        chinese = [one for one in abstracts if not one.query.isascii() and not one.positive.isascii()]
        self._sets = {"abstracts_en": english, "abstracts_zh": chinese, "questions_zh": list(questions)}

    def figures(self, model: Any) -> Mapping[str, float]:
        """Return the share of questions whose passage comes first by late interaction, by set."""
        was = model.training
        model.eval()
        found = {name: self._first(model, triples) for name, triples in self._sets.items()}
        model.train(was)
        return found

    def _first(self, model: Any, triples: Sequence[Triple]) -> float:
        queries, query_mask = _tokens(model, ["query: " + one.query for one in triples])
        passages = [*dict.fromkeys(one.positive for one in triples), *(one.negative for one in triples)]
        vectors, mask = _tokens(model, ["passage: " + text for text in passages])
        best = maxsim(queries, vectors, a_mask=query_mask, b_mask=mask, length_normalize=True).argmax(dim=1)
        right = [passages[int(row)] == one.positive for row, one in zip(best, triples, strict=True)]
        return round(sum(right) / max(1, len(right)), 3)


@torch.no_grad()
def _tokens(model: Any, texts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Return unit token vectors (n, t, d) and which of them count (n, t)."""
    made = [
        model.encode(list(texts[start : start + _BATCH]), output_value="token_embeddings", convert_to_tensor=True)
        for start in range(0, len(texts), _BATCH)
    ]
    rows = [functional.normalize(row[PROMPT_TOKENS:-1].float(), dim=-1) for batch in made for row in batch]
    vectors = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    mask = torch.nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
    return vectors, mask
