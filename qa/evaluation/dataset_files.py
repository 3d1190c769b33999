"""Which file or folder an evaluation asks: the repository's own questions, others of their kind, or a BEIR folder."""

from pathlib import Path

from corpus import model
from corpus.errors import Problem
from corpus.reading import read_folder
from qa.evaluation.beir import read_beir
from qa.evaluation.collection import Member, read_collection
from qa.evaluation.dataset import DatasetError
from qa.evaluation.gold import read_gold

BUNDLED = Path(model.__file__).parent / "documents"
GOLD = Path(model.__file__).parents[1] / "tests" / "gold" / "sets.toml"
_BRING = (
    "the repository's own questions are about the bundled texts; for these bring questions of your own: a file of JSON"
    " lines, each with 'id', 'question', 'language' (zh, en or mixed), 'kinds' and 'answers' (document_id, start, end,"
    " quote; none where the texts don't answer), 100 or more in each language, a third unanswerable (docs/evaluation.md)"
)


def read_sets(path: Path | None, corpus_dir: Path) -> tuple[Member, ...]:
    """Return the sets at ``path``, the repository's own where it is None; raises ``DatasetError``.

    A TOML file is a collection of sets over texts of their own, a folder one set in BEIR's layout, and JSON lines are one
    set over ``corpus_dir``. The repository's own are about the bundled texts, so another ``corpus_dir`` needs a path.
    """
    if path is None and corpus_dir.resolve() != BUNDLED.resolve():
        raise DatasetError([Problem(str(corpus_dir), _BRING)])
    if path is None and not GOLD.exists():
        raise DatasetError([Problem(str(GOLD), "the repository's own questions aren't there; name a DATASET")])
    chosen = path or GOLD
    if not chosen.exists():
        raise DatasetError([Problem(str(chosen), "there is no such file or folder")])
    if chosen.suffix == ".toml":
        return read_collection(chosen)
    dataset = read_beir(chosen) if chosen.is_dir() else read_gold(chosen, read_folder(corpus_dir))
    return (Member(dataset, "development"),)
