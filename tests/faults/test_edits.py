"""Promises 9 and 10: after any edits the index holds the corpus and nothing else, as if it had been built at once."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from corpus.passages.chunking import split_passages
from corpus.reading import read_folder
from corpus.segmentation import Segmenter
from corpus.term_files import read_terms
from index.building.build import BuildReport, build, plan
from index.building.previous import open_previous
from index.building.tools import Tools
from index.engines.features import FeatureReader
from index.engines.lexical import LEXICAL
from index.generations.opening import Generation, open_generation
from index.generations.store import GenerationStore
from index.models.embedding import Embedder, Encoded, embedding_text, headings
from index.models.embedding_cache import EmbeddingCache
from qa.settings import BUNDLED_TERMS
from tests.faults.tracing import CASES

SENTENCES = (
    "间充质干细胞沿趋化因子到达病灶。",
    "外泌体能够穿过血脑屏障。",
    "没有发生严重不良事件。",
    "神经丝轻链是一种生物标志物。",
    "帕金森病与多巴胺有关。",
    "hUC-MSC经鼻给药后炎症减轻。",
    "The trial enrolled 24 patients with ALS.",
    "剂量为每千克一百万个细胞！",
    "阿尔茨海默病患者的认知功能改善了吗？",
    "脑源性神经营养因子（BDNF）水平升高。",
)
QUESTIONS = ({"外泌体": 1.0}, {"=间充质干细胞": 2.0, "炎症": 1.0}, {"=帕金森病": 1.0, "24": 0.5}, {"一": 1.0, "病灶": 1.0})


class Once:
    """The real model, which embeds each text once for all the builds of these tests; ``asked`` counts what it is asked."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.fingerprint, self.dimension = embedder.name, embedder.fingerprint, embedder.dimension
        self.asked = 0
        self._embedder = embedder
        self._known: dict[tuple[str, str], Encoded] = {}

    def encode_passage(self, text: str) -> Encoded:
        self.asked += 1
        if ("passage", text) not in self._known:
            self._known["passage", text] = self._embedder.encode_passage(text)
        return self._known["passage", text]

    def encode_question(self, text: str) -> Encoded:
        if ("question", text) not in self._known:
            self._known["question", text] = self._embedder.encode_question(text)
        return self._known["question", text]

    def encode_questions(self, texts: Sequence[str]) -> list[Encoded]:
        return [self.encode_question(text) for text in texts]


@pytest.fixture(scope="module")
def once(embedder: Embedder) -> Once:
    return Once(embedder)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> FeatureReader:
    terms = read_terms(BUNDLED_TERMS)
    return FeatureReader(Segmenter(terms, tmp_path_factory.mktemp("jieba")), terms)


@pytest.fixture
def tools(once: Once, reader: FeatureReader, tmp_path: Path) -> Tools:
    return Tools(once, EmbeddingCache(tmp_path / "cache", once.fingerprint), reader, "d" * 64)


def published(store: GenerationStore, folder: Path, tools: Tools, *, force: bool = False) -> BuildReport:
    """Build as the service does."""
    previous = open_previous(store, tools.recipe)
    documents = read_folder(folder, previous.documents if previous else None)
    report = build(store, documents, tools, lambda *_: None, previous=previous, force=force)
    tools.cache.prune(())
    return report


def opened(store: GenerationStore, tools: Tools) -> Generation:
    return open_generation(store.current(tools.recipe))


def text(chance: random.Random) -> str:
    """Return a small document: sections, paragraphs, repeated sentences, sometimes a front matter."""
    front = f"---\ntitle: 文{chance.randrange(9)}\n---\n" if chance.random() < 0.3 else ""
    parts = [f"# 节{chance.randrange(5)}\n\n" + "".join(chance.choices(SENTENCES, k=chance.randint(1, 4))) for _ in range(2)]
    return front + "\n\n".join(parts) + "\n"


def edits(folder: Path, chance: random.Random) -> Iterator[str]:
    """Change the corpus in a way drawn by chance, endlessly; yield what was done."""
    while True:
        files = sorted(folder.rglob("*.md"))
        originals = [path for path in files if not path.name.endswith(".en.md")]
        path = chance.choice(originals)
        kind = chance.choice(
            ("add", "add", "edit", "edit", "one sentence", "delete", "rename", "move", "copy", "side", "touch")
        )
        if kind in ("delete", "rename", "move") and (len(originals) < 4 or path.with_suffix(".en.md").exists()):
            continue
        if kind == "add":
            (folder / f"{chance.choice('abcxyz')}{chance.randrange(1000)}.md").write_text(text(chance), encoding="utf-8")
        elif kind == "edit":
            path.with_suffix(".en.md").unlink(missing_ok=True)
            path.write_text(text(chance), encoding="utf-8")
        elif kind == "one sentence":
            path.with_suffix(".en.md").unlink(missing_ok=True)
            path.write_text(path.read_text(encoding="utf-8") + chance.choice(SENTENCES) + "\n", encoding="utf-8")
        elif kind == "delete":
            path.unlink()
        elif kind == "rename":
            path.rename(path.with_name(f"{chance.choice('abcxyz')}{chance.randrange(1000)}.md"))
        elif kind == "move":
            (folder / "deeper").mkdir(exist_ok=True)
            path.rename(folder / "deeper" / path.name)
        elif kind == "copy":
            (folder / f"copy{chance.randrange(1000)}.md").write_bytes(path.read_bytes())
        elif kind == "side":
            side = path.with_suffix(".en.md")
            words = path.read_text(encoding="utf-8").replace("。", f" {chance.randrange(99)}. ").replace("文", "text ")
            side.write_text(words, encoding="utf-8")
        else:
            path.write_bytes(path.read_bytes())
        yield kind


def test_edits_one_after_the_other_equal_one_build(tmp_path: Path, tools: Tools, once: Once) -> None:
    """Promises 9 and 10: bytes, scores and numbers are those of a build at once; nothing that was taken out is left."""
    folder, chance = tmp_path / "corpus", random.Random(10)
    folder.mkdir()
    for number in range(4):
        (folder / f"m{number}.md").write_text(text(chance), encoding="utf-8")
    store = GenerationStore(tmp_path / "data")
    published(store, folder, tools)
    cases = max(2, min(CASES // 2, 400))
    done = edits(folder, chance)
    for case in range(cases):
        kinds = [next(done) for _ in range(chance.randint(1, 3))]
        before = opened(store, tools)
        once.asked = 0
        report = published(store, folder, tools, force=True)
        known = {(headings(passage), passage.text) for passage in before.passages}
        documents = read_folder(folder)
        passages = [passage for document in documents for passage in split_passages(document)]
        here = opened(store, tools)
        # Only what no passage of the generation before was made of is embedded.
        new = {embedding_text(passage) for passage in passages if (headings(passage), passage.text) not in known}
        assert once.asked == len(new) == report.embedded, kinds
        assert dict(here.documents) == {document.id: document for document in documents}, kinds
        assert list(here.passages) == passages, kinds
        assert report.passages == len(passages)
        assert report.passages_added == len(set(here.rows) - set(before.rows)), kinds
        assert report.passages_removed == len(set(before.rows) - set(here.rows)), kinds
        assert_same(here, at_once(tmp_path / f"at-once-{case}", folder, tools), (case, kinds))


def at_once(data_dir: Path, folder: Path, tools: Tools) -> Generation:
    """Return a generation that was built from nothing."""
    store = GenerationStore(data_dir)
    build(store, read_folder(folder), tools, lambda *_: None)
    tools.cache.prune(())
    return opened(store, tools)


def assert_same(one: Generation, other: Generation, where: object) -> None:
    """Fail unless both hold the same bytes, the lexical engine's aside, and find the same with the same scores."""
    hashes = [
        {name: file.sha256 for name, file in item.manifest.files.items() if not name.startswith(LEXICAL)}
        for item in (one, other)
    ]
    assert hashes[0] == hashes[1], where
    assert one.manifest.content_hash == other.manifest.content_hash, where
    for weights in QUESTIONS:
        found = [item.lexical.search(weights, {"body": 1.0, "heading": 0.5}, 50) for item in (one, other)]
        assert found[0] == found[1], (where, weights)


def test_a_dry_run_says_what_a_build_does_and_writes_nothing(tmp_path: Path, tools: Tools) -> None:
    """The same numbers before and after; not a byte of the data folder changes."""
    folder, chance = tmp_path / "corpus", random.Random(11)
    folder.mkdir()
    for number in range(4):
        (folder / f"m{number}.md").write_text(text(chance), encoding="utf-8")
    store = GenerationStore(tmp_path / "data")
    planned = plan(store, read_folder(folder), tools.recipe, tools.cache)
    assert (planned.generation, planned.outcome, len(planned.added)) == ("", "planned", 4)
    assert not (tmp_path / "data").exists()
    published(store, folder, tools)
    done = edits(folder, chance)
    for _ in range(4):
        next(done)
        before = {path: path.read_bytes() for path in sorted((tmp_path / "data").rglob("*")) if path.is_file()}
        planned = plan(store, read_folder(folder), tools.recipe, tools.cache, force=True)
        assert before == {path: path.read_bytes() for path in sorted((tmp_path / "data").rglob("*")) if path.is_file()}
        report = published(store, folder, tools, force=True)
        expected = (planned.added, planned.changed, planned.removed, planned.unchanged, planned.embedded, planned.passages)
        assert expected == (report.added, report.changed, report.removed, report.unchanged, report.embedded, report.passages)
        assert planned.outcome == ("up_to_date" if report.outcome == "up_to_date" else "planned")


def test_another_dictionary_keeps_the_vectors_and_makes_the_rest_anew(tmp_path: Path, tools: Tools, once: Once) -> None:
    """Terms were edited: nothing is embedded again, and the content is that of a build at once."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text("# 节\n\n" + "\n\n".join(SENTENCES), encoding="utf-8")
    store = GenerationStore(tmp_path / "data")
    published(store, folder, tools)
    other = Tools(once, tools.cache, tools.reader, "e" * 64)
    once.asked = 0
    report = published(store, folder, other)
    assert (report.published, report.embedded, once.asked, report.changed) == (True, 0, 0, ())
    assert_same(opened(store, other), at_once(tmp_path / "at-once", folder, other), "another dictionary")


def test_after_going_back_nothing_is_published_until_the_corpus_changes(tmp_path: Path, tools: Tools) -> None:
    """Promise 12: a rollback holds against the next build; an edit, or --force, ends it."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text(SENTENCES[0], encoding="utf-8")
    store = GenerationStore(tmp_path / "data")
    published(store, folder, tools)
    (folder / "b.md").write_text(SENTENCES[1], encoding="utf-8")
    published(store, folder, tools)
    store.rollback("000001", tools.recipe)
    for _ in range(2):
        report = published(GenerationStore(store.data_dir), folder, tools)
        assert (report.published, report.outcome, report.generation) == (False, "rolled_back", "000001")
        assert set(opened(store, tools).documents) == {"a"}
    (folder / "c.md").write_text(SENTENCES[2], encoding="utf-8")
    assert published(store, folder, tools).generation == "000003"
    assert set(opened(store, tools).documents) == {"a", "b", "c"}
    store.rollback("000002", tools.recipe)
    assert published(store, folder, tools).outcome == "rolled_back"
    assert published(store, folder, tools, force=True).generation == "000004"
    store.rollback("000003", tools.recipe)
    store.rollback("000004", tools.recipe)  # forward again: the corpus is its own
    assert published(store, folder, tools).outcome == "up_to_date"


def test_a_damaged_generation_is_not_built_upon(tmp_path: Path, tools: Tools) -> None:
    """Rows are taken from the newest sound one, and the next build heals even an unchanged corpus."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "a.md").write_text(SENTENCES[0], encoding="utf-8")
    store = GenerationStore(tmp_path / "data")
    published(store, folder, tools)
    (folder / "a.md").write_text(SENTENCES[1], encoding="utf-8")
    published(store, folder, tools)
    path = store.data_dir / "generations" / "000002" / "token_vectors.i8"
    path.write_bytes(path.read_bytes()[:-1] + b"\x55")
    report = published(store, folder, tools)
    assert (report.published, report.generation) == (True, "000003")
    here = opened(store, tools)
    assert here.problems == ()
    assert_same(here, at_once(tmp_path / "at-once", folder, tools), "healed")
