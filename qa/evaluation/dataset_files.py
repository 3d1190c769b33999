"""Which file or folder an evaluation asks: the repository's own questions, others of their kind, or a BEIR folder."""

from pathlib import Path

from corpus import model
from corpus.errors import Problem
from corpus.reading import read_folder
from qa.evaluation.beir import read_beir
from qa.evaluation.dataset import Dataset, DatasetError
from qa.evaluation.gold import read_gold

BUNDLED = Path(model.__file__).parent / "documents"
GOLD = Path(model.__file__).parents[1] / "tests" / "gold" / "questions.jsonl"
_BRING = (
    "the repository's own questions are about the bundled texts; for these bring questions of your own: a file of JSON"
    " lines, each with 'id', 'question', 'language' (zh, en or mixed), 'kinds' and 'answers' (document_id, start, end,"
    " quote; none where the texts don't answer), 100 or more in each language, a third unanswerable (docs/evaluation.md)"
)


def read_dataset(path: Path | None, corpus_dir: Path) -> Dataset:
    """Return the dataset at ``path``, the repository's own where it is None; raises ``DatasetError``.

    The repository's own questions are about the bundled texts, so another ``corpus_dir`` needs a path.
    """
    if path is None and corpus_dir.resolve() != BUNDLED.resolve():
        raise DatasetError([Problem(str(corpus_dir), _BRING)])
    if path is None and not GOLD.exists():
        raise DatasetError([Problem(str(GOLD), "the repository's own questions aren't there; name a DATASET")])
    chosen = path or GOLD
    if not chosen.exists():
        raise DatasetError([Problem(str(chosen), "there is no such file or folder")])
    return read_beir(chosen) if chosen.is_dir() else read_gold(chosen, read_folder(corpus_dir))
