"""Which sentences of a question ask, and which only tell how things are: My father has ALS; can stem cells help him."""

import re
from collections.abc import Sequence

import numpy as np

from corpus.model import Span
from index.arrays import Floats
from index.models.embedding import Encoded, TokenVectors

# What is told beside the question counts less than what is asked: what it is about, such as the disease, three quarters;
# its other words a tenth, and no tokens of theirs are compared with any.
BESIDE, SUBJECT = 0.1, 0.75

# What ends a sentence. A full stop ends one only before a space: not in 'α-syn.', '2.5' or a DOI.
_SENTENCE = re.compile(r"[^\s].*?(?:[.!?]+(?=\s|$)|[。！？；;\n]+|$)", re.S)
# Words that ask, and verbs that tell one to answer, as parts of patterns.
ASKS_CHINESE = (
    "什么|哪|怎么|怎样|如何|为何|为啥|是否|能否|有没有|能不能|会不会|几|多少|吗|呢|何时|何种"
    "|说明|介绍|解释|列举|简述|比较|谈谈"
)
ASKS_ENGLISH = "what|how|why|when|where|which|who|whether|list|name|describe|explain|compare"
_ASKS = re.compile(
    rf"[?？]|{ASKS_CHINESE}|怎麼|可否|是不是|可不可以|算不算|请问|請問|想知道|想问|想了解|求(?:问|解|助)"
    rf"|\b(?:{ASKS_ENGLISH}|whose|summari[sz]e|define|wonder\w*|tell\s+me|is\s+there|are\s+there)\b",
    re.I,
)


def background(text: str) -> tuple[Span, ...]:
    """Return the sentences of a question that ask nothing, where another of its sentences does."""
    sentences = [Span(*found.span()) for found in _SENTENCE.finditer(text)]
    telling = tuple(span for span in sentences if not _ASKS.search(span.of(text)))
    return telling if len(telling) < len(sentences) else ()


def attention(encoded: Encoded, told: Sequence[Span], subjects: Sequence[Span]) -> Floats:
    """Return what each token of a question counts (t,): 1, and in ``told`` `SUBJECT` within ``subjects``, 0 elsewhere."""
    starts = encoded.tokens.spans[:, 0]
    weights = np.ones(len(starts), np.float32)
    for span in told:
        weights[(span.start <= starts) & (starts < span.end)] = 0.0
    for span in subjects if told else ():
        inside = (span.start <= starts) & (starts < span.end)
        weights[inside] = np.maximum(weights[inside], SUBJECT)
    return weights


def focused(encoded: Encoded, told: Sequence[Span], subjects: Sequence[Span]) -> Encoded:
    """Return the vectors of a question without the tokens that count nothing, and their mean at what each counts."""
    if not told:
        return encoded
    weights = attention(encoded, told, subjects)
    kept = weights > 0
    if not kept.any():
        return encoded
    tokens = TokenVectors(encoded.tokens.vectors[kept], encoded.tokens.spans[kept])
    pooled = weights[kept] @ tokens.vectors
    return Encoded(pooled / max(float(np.linalg.norm(pooled)), 1e-9), tokens)
