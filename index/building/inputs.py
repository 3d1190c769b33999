"""What a build is made of: the texts that can be read, and the last good version of those that can't any more."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from corpus.errors import MOST_LISTED, CorpusError, Problem, listed
from corpus.model import Document
from corpus.reading import ENGLISH, read_corpus
from index.building.build import BuildReport
from index.building.places import BuildPlaces
from index.building.previous import Previous


@dataclass(frozen=True, slots=True)
class Inputs:
    """The documents of a build, ordered by id; ``left_out`` tells why files aren't among them, or only as they were.

    ``kept`` names the files of which the last good version is used, ``passed_over`` counts files of other kinds by suffix.
    """

    documents: tuple[Document, ...]
    left_out: tuple[Problem, ...]
    kept: tuple[str, ...]
    passed_over: Mapping[str, int]

    def told(self, report: BuildReport) -> BuildReport:
        """Return ``report`` with what was left out, kept and passed over."""
        kept = self.kept[:MOST_LISTED]
        return replace(
            report,
            left_out=tuple(listed(self.left_out)),
            kept=kept,
            as_of={document.filename: document.as_of for document in self.documents if document.filename in kept},
            passed_over=dict(self.passed_over),
        )


def read_inputs(places: BuildPlaces, previous: Previous | None) -> Inputs:
    """Return what a build would be made of here; raises ``CorpusError`` where nothing can be read, or not all if strict.

    A file that can't be read stays as it was in ``previous``, marked with the date of that; one that was deleted or emptied
    doesn't.
    """
    known = previous.documents if previous and previous.same_recipe else None
    corpus = read_corpus(places.corpus_dir, known)
    if corpus.left_out and places.strict:
        raise CorpusError(corpus.left_out)
    kept = _last_good(corpus.left_out, previous, {document.id for document in corpus.documents})
    documents = tuple(sorted([*corpus.documents, *kept], key=lambda document: document.id))
    if not documents:
        raise CorpusError(corpus.left_out)  # a folder without any text was refused when it was read
    return Inputs(documents, corpus.left_out, tuple(document.filename for document in kept), corpus.passed_over)


def _last_good(problems: tuple[Problem, ...], previous: Previous | None, taken: set[str]) -> list[Document]:
    if previous is None:
        return []
    withdrawn = {problem.filename for problem in problems if problem.gone}
    # A side file that doesn't fit leaves out the text that it translates.
    blamed = (problem.filename.removesuffix(ENGLISH) + ".md" if problem.filename.endswith(ENGLISH) else problem.filename
              for problem in problems)  # fmt: skip
    names = dict.fromkeys(name for name in blamed if name not in withdrawn)
    kept = []
    for name in names:
        before = previous.documents.get(name)
        if before is not None and before.id not in taken:
            kept.append(before if before.as_of else replace(before, as_of=previous.manifest.built_at[:10]))
    return kept
