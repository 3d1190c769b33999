"""A generation as it is served: opened once, after its files were verified, and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from corpus.model import Document, Passage
from index.engines.centred_tokens import CentredTokens
from index.engines.contents import read_documents, read_passages
from index.engines.dense import DENSE, DenseIndex
from index.engines.feature_store import FeatureStore, open_features
from index.engines.glossing import read_glossary
from index.engines.lexical import LEXICAL, LexicalIndex
from index.engines.rare_features import RareFeatures, rare_features
from index.engines.tokens import open_tokens
from index.errors import CorruptGenerationError, IndexStoreError
from index.generations.manifest import Manifest
from index.generations.passage_table import PassageTable, passage_table
from index.generations.soundness import check_rows, check_texts
from index.generations.store import VerifiedGeneration
from index.models.calibration import LANGUAGES, TextLanguage, centred, read_calibration, text_language
from index.models.centres import Centres, read_centres
from index.models.reduction import Reduction

_LONGEST_REASON = 200  # characters of what a library said


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything that answering a question needs, all of one build.

    ``passages`` are in row order, as in all engines; ``frequencies[f]`` counts the passages that hold feature ``f``;
    ``unrelated`` are questions about anything else (n, d), centred as questions are; ``reduction`` is how the tokens of
    passages were reduced, and those of questions must be; ``table`` and ``rare`` are what every question asks of passages.
    """

    manifest: Manifest
    problems: tuple[str, ...]
    documents: Mapping[str, Document]
    passages: tuple[Passage, ...]
    table: PassageTable
    rows: Mapping[str, int]
    languages: tuple[TextLanguage, ...]
    centres: Centres
    reduction: Reduction
    unrelated: Mapping[TextLanguage, npt.NDArray[np.float32]]
    dense: DenseIndex
    lexical: LexicalIndex
    tokens: CentredTokens
    features: FeatureStore
    frequencies: npt.NDArray[np.int32]
    rare: RareFeatures
    glossary: Mapping[str, Mapping[str, float]]

    @property
    def name(self) -> str:
        """The generation's name, which every answer carries."""
        return self.manifest.name

    @property
    def main_language(self) -> TextLanguage:
        """The language of most passages."""
        return "en" if self.languages.count("en") * 2 > len(self.languages) else "zh"


def open_generation(verified: VerifiedGeneration) -> Generation:
    """Return a verified generation opened for asking; raises ``CorruptGenerationError`` where that fails, for any reason."""
    try:
        return _open(verified)
    except (IndexStoreError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a library in Rust that gives up raises what isn't an Exception
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise CorruptGenerationError(f"it can't be opened ({type(error).__name__}: {reason})") from error


def _open(verified: VerifiedGeneration) -> Generation:
    folder, manifest = verified.folder, verified.manifest
    read = read_documents(folder)
    documents = {document.id: document for document in read}
    if len(read) != len(documents) or documents.keys() != manifest.documents.keys():
        raise CorruptGenerationError("its documents aren't those of its manifest")
    passages = read_passages(folder, {key: document.text for key, document in documents.items()})
    dimension = manifest.recipe.model.dimension
    centres, calibration = read_centres(folder, dimension), read_calibration(folder, dimension)
    dense = DenseIndex.from_bytes((folder / DENSE).read_bytes())
    tokens, features = open_tokens(folder, dimension), open_features(folder)
    if not dense.index.ntotal == len(tokens.starts) - 1 == len(features.starts) - 1 == len(passages) == manifest.passages:
        raise CorruptGenerationError("its parts differ in size")
    if dense.index.d != dimension:
        raise CorruptGenerationError("its vectors are of another dimension than its model's")
    check_texts(documents, passages)
    check_rows(tokens, features)
    languages = tuple(text_language(documents[passage.document_id].language) for passage in passages)
    frequencies = features.document_frequencies()
    means = np.stack([centres.passages[language].tokens for language in LANGUAGES])
    return Generation(
        manifest=manifest,
        problems=verified.problems,
        documents=documents,
        passages=passages,
        table=passage_table(passages, documents, tokens),
        rows={passage.id: row for row, passage in enumerate(passages)},
        languages=languages,
        centres=centres,
        reduction=calibration.reduction,
        unrelated={
            language: centred(calibration.unrelated[language], centres.questions[language].pooled) for language in LANGUAGES
        },
        dense=dense,
        lexical=LexicalIndex.open_apart(folder / LEXICAL),
        tokens=CentredTokens(tokens, means, [LANGUAGES.index(language) for language in languages]),
        features=features,
        frequencies=frequencies,
        rare=rare_features(features, frequencies),
        glossary=read_glossary(folder),
    )
