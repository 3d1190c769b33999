"""From signals to scores: what weights make of them."""

from index.arrays import Floats, Ints
from qa.retrieval.signals import PassageSignals, SentenceSignals, weighed
from qa.retrieval.weights import LanguageWeights


def sentence_scores(
    passage_signals: PassageSignals,
    sentence_signals: SentenceSignals,
    owner: Ints,
    weights: LanguageWeights,
) -> Floats:
    """Return the score of each sentence: the weighed signals of its passage and its own."""
    passages = weighed(passage_signals, weights.passage)
    sentences = weighed(sentence_signals, weights.sentence)
    result: Floats = sentences + passages[owner]
    return result
