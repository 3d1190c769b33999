"""The gold questions over the bundled text as converters lay it out: wrapped, hyphened, with running heads and page numbers.

Run it from the repository's root: ``python -m tests.reading.wrapped_gold [--widths 20 38 60] [--pages 25]``. It prints, for
the text as it is, as Markdown and without its marks, and for each layout, how many questions of each language have the
sentence that answers in the first passage (R@1). It exits with 1 where a layout has more than one fewer than the text as it
is in the same format. Passages that read the same are embedded once.
"""

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from corpus.reading import read_folder
from index.models.embedding import Embedder
from index.models.embedding_cache import EmbeddingCache
from index.models.loading import load_embedder
from qa.bootstrap import wired
from qa.evaluation.bench import RememberingEmbedder
from qa.service import Service
from qa.settings import BUNDLED_CORPUS, Settings
from tests.data_folder import VAR, prepared
from tests.reading.wrapping import wrapped

GOLD = Path(__file__).parents[1] / "gold" / "questions.jsonl"
LANGUAGES = ("zh", "en")


def gold_questions() -> list[dict[str, Any]]:
    """Return the questions in the two languages that the bundled text answers."""
    items = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    return [item for item in items if item["answers"] and item["language"] in LANGUAGES]


def bundled_text() -> str:
    """Return the bundled text without its front matter."""
    (document,) = read_folder(BUNDLED_CORPUS)
    return document.text[document.front_matter.end :]


def layouts(text: str, widths: Sequence[int], pages: int) -> Iterator[tuple[str, str, str]]:
    """Yield each layout: what it is, its file's name, and its text; pages are those of plain text."""
    yield "as it is", "text.md", text
    plain = re.sub(r"^#+ *", "", text, flags=re.M)
    yield "as it is, plain", "text.txt", plain
    for width in widths:
        for hyphens in (False, True):
            said = f"{width} characters{', hyphens' * hyphens}"
            yield said, "text.md", wrapped(text, width, hyphens=hyphens)
            yield f"{said}, plain, pages", "text.txt", wrapped(plain, width, hyphens=hyphens, pages=pages)


def service_over(name: str, text: str, embedder: Embedder, folder: Path) -> Service:
    """Return the service over one text."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    (corpus / name).write_text(text, encoding="utf-8")
    made = wired(Settings(corpus_dir=corpus, data_dir=prepared(folder / "data")), embedder)
    made.rebuild()
    return made


def found_first(service: Service, questions: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return for how many questions of each language the first passage has a sentence that reads as an answer does."""
    counts = dict.fromkeys(LANGUAGES, 0)
    for item in questions:
        hits = service.ask(item["question"]).hits[:1]
        read = {bare(hit.passage.reading_of(span)) for hit in hits for span in hit.passage.sentences}
        counts[item["language"]] += any(bare(answer["quote"]) in read for answer in item["answers"])
    return counts


def bare(words: str) -> str:
    """Return ``words`` without blanks and hyphens, which a layout may change."""
    return re.sub(r"[\s-]", "", words)


def main() -> int:
    """Ask all questions of all layouts, and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m tests.reading.wrapped_gold")
    parser.add_argument("--widths", type=int, nargs="+", default=[20, 38, 60], metavar="N")
    parser.add_argument("--pages", type=int, default=25, metavar="LINES", help="lines of a page")
    parsed = parser.parse_args()
    questions = gold_questions()
    loaded = load_embedder("default", VAR)
    lost = False
    with tempfile.TemporaryDirectory() as temporary:
        embedder = RememberingEmbedder(loaded, EmbeddingCache(Path(temporary) / "questions", loaded.fingerprint))
        whole: dict[str, dict[str, int]] = {}
        for number, (said, name, text) in enumerate(layouts(bundled_text(), parsed.widths, parsed.pages)):
            counts = found_first(service_over(name, text, embedder, Path(temporary) / str(number)), questions)
            kept = whole.setdefault(name, counts)  # without marks of headings less can be found, wrapped or not
            lost |= any(counts[language] < kept[language] - 1 for language in LANGUAGES)
            print(f"{said}: " + ", ".join(f"{language} R@1 {counts[language]}" for language in LANGUAGES), flush=True)
    return int(lost)


if __name__ == "__main__":
    sys.exit(main())
