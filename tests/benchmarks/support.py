"""How well the checks of generated sentences tell a sentence's own passage from another one of the same document.

    python -m tests.benchmarks.support

Claims are the sentences of the bundled text and of its English side file, each against the passage that it comes from and
against two others. Prints the share that keeps enough meaning at several thresholds, and which other checks refuse true
claims. The thresholds of qa/generation/support.py come from here.
"""

import random
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from corpus.model import Span
from corpus.passages.sentences import split_sentences
from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.engines.glossing import is_english
from index.models.calibration import LANGUAGES
from index.models.loading import load_embedder
from qa.bootstrap import wired
from qa.generation.drafting import Draft
from qa.generation.support import SupportChecker
from qa.model import Hit
from qa.retrieval.weights import read_weights
from qa.settings import BUNDLED_TERMS, Settings
from qa.statements.reader import StatementReader

ROOT = Path(__file__).parents[2]
THRESHOLDS = (0.25, 0.29, 0.315, 0.33, 0.4, 0.45, 0.5, 0.6)
_OTHERS = 2


def main() -> None:
    """Print the table."""
    embedder = load_embedder("default", ROOT / "var")
    terms = read_terms(BUNDLED_TERMS)
    checker = SupportChecker(embedder, StatementReader(terms, Segmenter(terms), is_english), read_weights().heading_share)
    with tempfile.TemporaryDirectory() as folder:
        service = wired(Settings(data_dir=Path(folder)), embedder)
        service.rebuild()
        generation = service.generation
        passages = [passage for passage in generation.passages if passage.role == "body"]
        hits = [Hit(passage, rank, 1.0, (), {}, ()) for rank, passage in enumerate(passages, 1)]
        chance = random.Random(1)
        for language in LANGUAGES:
            own, other = [], []
            refused: Counter[str] = Counter()
            for hit in hits:
                translation = generation.documents[hit.passage.document_id].translation
                text = hit.passage.text if language == "zh" or translation is None else translation.of(hit.passage.span).text
                for span in split_sentences(text, Span(0, len(text))):
                    support = checker.check(Draft(span.of(text), (hit.rank,)), language, hits, generation)
                    own.append(support.meaning)
                    refused.update(problem for problem in support.problems if problem != "meaning")
                    for wrong in chance.sample([item for item in hits if item is not hit], _OTHERS):
                        found = checker.check(Draft(span.of(text), (wrong.rank,)), language, hits, generation)
                        other.append(found.meaning)
            print(f"{language}: {len(own)} sentences; refused by other checks though true: {dict(refused)}")
            for threshold in THRESHOLDS:
                kept, let_through = (float(np.mean(np.asarray(values) >= threshold)) for values in (own, other))
                print(f"  {threshold:.2f}: own passage {kept:.1%}, another {let_through:.1%}")


if __name__ == "__main__":
    main()
