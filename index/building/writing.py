"""What a build writes into a generation's folder; what was made of a passage before is taken over as it is."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import numpy as np

from corpus.model import Document, Passage
from index.building.previous import Previous
from index.building.tools import Progress, Tools
from index.durable import write_file
from index.engines.contents import write_documents, write_passages
from index.engines.dense import DENSE, DenseIndex
from index.engines.feature_store import FeatureStore, PassageFeatures, merge_features, write_features
from index.engines.features import CONCEPT, Feature, FeatureReader
from index.engines.glossing import glosses, write_glossary
from index.engines.lexical import LEXICAL, LexicalIndex
from index.engines.tokens import VECTORS as TOKENS
from index.engines.tokens import StoredTokens, open_tokens, stored, write_tokens
from index.engines.vectors import VectorStore, write_vectors
from index.generations.store import Draft
from index.models.calibration import Calibration, Centre, TextLanguage, calibrate, centred, text_language, write_calibration
from index.models.centres import centres_of, write_centres
from index.models.embedding import Encoded, TokenVectors, embedding_text, headings
from index.models.embedding_cache import EmbeddingCache, rounded
from index.models.reduction import Reduction, token_dimension
from index.processors import processors


def unknown(passages: Sequence[Passage], previous: Previous | None, cache: EmbeddingCache) -> list[str]:
    """Return the texts whose vectors neither ``previous`` nor the cache holds, each once."""
    new = {embedding_text(item): None for item in passages if previous is None or previous.row(item) is None}
    return [text for text in new if not cache.holds(text)]


def embed(missing: Sequence[str], tools: Tools, progress: Progress) -> None:
    """Bring the vectors of texts into the cache, on the disk: a build that is killed later doesn't embed them again.

    On all processors that this process may use, each text alone: its vectors depend on no other text.
    """
    progress("embed", 0, len(missing))
    with ThreadPoolExecutor(processors(), "embed") as pool:
        made = [pool.submit(_keep, text, tools) for text in missing]
        try:
            for number, done in enumerate(as_completed(made), 1):
                done.result()
                progress("embed", number, len(missing))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _keep(text: str, tools: Tools) -> None:
    tools.cache.put(text, rounded(tools.embedder.encode_passage(text)))


def write_contents(
    draft: Draft,
    documents: Sequence[Document],
    passages: Sequence[Passage],
    tools: Tools,
    previous: Previous | None,
    progress: Progress,
) -> str:
    """Write all files of a generation but its manifest; return the kind of dense index."""
    folder = draft.folder
    spoken = {document.id: text_language(document.language) for document in documents}
    languages = [spoken[passage.document_id] for passage in passages]
    calibration = _calibration(tools, previous)
    known = previous if previous and previous.calibration.reduction is calibration.reduction else None
    progress("write", 0, 4)
    with ThreadPoolExecutor(1) as aside:  # words are read while the disk takes vectors
        words = aside.submit(_write_words, folder, passages, languages, tools.reader, previous)
        vectors = _write_vectors(folder, passages, tools, calibration.reduction, known)
        draft.hash_ahead(folder / TOKENS)  # nearly all of a generation's bytes
        write_vectors(folder, vectors)
        progress("write", 1, 4)
        centres = centres_of(calibration, _passage_centres(folder, languages, vectors, calibration))
        write_calibration(folder, calibration)
        write_centres(folder, centres)
        means = np.stack([centres.passages[language].pooled for language in languages])
        dense = DenseIndex.build(centred(vectors.pooled, means))
        write_file(folder / DENSE, dense.to_bytes())
        progress("write", 2, 4)
        words.result()
    progress("write", 3, 4)
    write_documents(folder, documents)
    write_passages(folder, passages)
    progress("write", 4, 4)
    return dense.kind


def _write_words(
    folder: Path,
    passages: Sequence[Passage],
    languages: Sequence[TextLanguage],
    reader: FeatureReader,
    previous: Previous | None,
) -> None:
    features = _features(passages, reader, previous)
    write_features(folder, features)
    LexicalIndex.build(folder / LEXICAL, features.lexical_rows())
    words = (word for word in features.vocabulary if not word.startswith(CONCEPT))
    write_glossary(folder, glosses(words, english_texts="en" in languages))


def _calibration(tools: Tools, previous: Previous | None) -> Calibration:
    if previous is None or not previous.same_model:
        return calibrate(tools.embedder, tools.cache)
    known = previous.calibration
    return known if previous.same_recipe else calibrate(tools.embedder, tools.cache, known.reduction)


def _write_vectors(
    folder: Path, passages: Sequence[Passage], tools: Tools, reduction: Reduction, previous: Previous | None
) -> VectorStore:
    dimension = tools.embedder.dimension
    rows = np.zeros((len(passages), dimension + token_dimension(dimension)), np.float32)

    def stored_tokens() -> Iterator[StoredTokens]:
        for here, before in _runs([previous.row(passage) if previous else None for passage in passages]):
            if previous is not None and before is not None:
                rows[here.start : here.stop] = previous.vectors.rows[before.start : before.stop]
                yield previous.tokens.stored(before)
            else:
                for number in here:
                    encoded = _encoded(embedding_text(passages[number]), tools)
                    tokens = reduction.of(encoded.tokens.vectors)
                    rows[number] = np.concatenate([encoded.pooled, tokens.sum(axis=0, dtype=np.float32)])
                    yield stored(TokenVectors(tokens, encoded.tokens.spans))

    write_tokens(folder, stored_tokens())
    return VectorStore(rows, dimension)


def _runs(before: Sequence[int | None]) -> Iterator[tuple[range, range | None]]:
    """Yield runs of neighbours that were neighbours before, here and before; None before for those that are new."""
    start = 0
    while start < len(before):
        first, end = before[start], start + 1
        while end < len(before) and before[end] == (None if first is None else first + end - start):
            end += 1
        yield range(start, end), None if first is None else range(first, first + end - start)
        start = end


def _encoded(text: str, tools: Tools) -> Encoded:
    return tools.cache.get(text) or rounded(tools.embedder.encode_passage(text))


def _passage_centres(
    folder: Path, languages: Sequence[TextLanguage], vectors: VectorStore, calibration: Calibration
) -> dict[TextLanguage, Centre]:
    counts = np.diff(open_tokens(folder, vectors.dimension).starts)
    groups: dict[TextLanguage, list[int]] = defaultdict(list)
    for row, language in enumerate(languages):
        groups[language].append(row)
    return {
        language: calibration.steadied(language, vectors.centre(rows, int(counts[rows].sum())), len(rows))
        for language, rows in sorted(groups.items())
    }


def _features(passages: Sequence[Passage], reader: FeatureReader, previous: Previous | None) -> FeatureStore:
    before = previous if previous and previous.same_recipe else None
    known: dict[str, list[Feature]] = {}
    rows: list[PassageFeatures | int] = []
    for passage in passages:
        if before is not None and (row := before.row(passage)) is not None:
            rows.append(row)
            continue
        above: list[Feature] = []
        for title in headings(passage):
            if title not in known:
                known[title] = reader.read(title)
            above += known[title]
        reading = passage.reading
        first = reading.to_read(passage.sentences[0].start)
        own = reader.read(reading.text)
        # What leads to the sentences (a list's lead-in, a table's header, a question) counts as headings do.
        leading = [feature for feature in own if feature.span.start < first]
        rows.append((own[len(leading) :], above + leading))
    return merge_features(rows, before.features if before else None)
