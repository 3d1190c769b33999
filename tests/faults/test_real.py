"""The faults of the other tests, on real generations: of the bundled text, with every engine's own files."""

import random
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from index.generations.manifest import Recipe
from index.generations.opening import Generation, open_generation
from index.generations.probing import probe
from index.generations.store import GenerationStore, VerifiedGeneration
from index.models.embedding import Embedder
from qa import service as service_module
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.benchmarks.synthetic import write_corpus, write_model
from tests.data_folder import settings_of
from tests.faults.small_build import RECIPE, publish, token_of
from tests.faults.test_damage import flipped
from tests.faults.tracing import CASES, ROOT, command, run

QUESTION = "外泌体能穿过血脑屏障吗？"
ADDED = "# 补充\n\n外泌体能穿过血脑屏障，这是后来补充的一句话。\n"


@pytest.fixture
def real(service: Service, embedder: Embedder, tmp_path: Path) -> Service:
    """A service over two generations: the bundled text, and that with another beside it."""
    corpus, data = tmp_path / "corpus", tmp_path / "data"
    shutil.copytree(service.places.corpus_dir, corpus)
    shutil.copytree(service.places.data_dir, data)
    (corpus / "more.md").write_text(ADDED, encoding="utf-8")
    made = wired(Settings(corpus_dir=corpus, data_dir=data), embedder)
    report = made.rebuild()
    assert (report.generation, report.embedded, report.added) == ("000002", 1, ("more",))
    return made


def damaged(content: bytes, chance: random.Random, cases: int) -> Iterator[tuple[str, bytes]]:
    """Yield ``content`` with flipped bits, cut short, grown, and with a block of zeros."""
    bits = len(content) * 8
    for bit in chance.sample(range(bits), min(cases, bits)):
        yield f"bit {bit}", flipped(content, bit)
    for size in chance.sample(range(len(content)), min(max(2, cases // 8), len(content))):
        yield f"cut at {size}", content[:size]
        yield f"grown by {size % 100 + 1}", content + chance.randbytes(size % 100 + 1)
    if any(content):
        yield "zeros", bytes(len(content))


def test_damage_to_any_real_file_is_found(real: Service) -> None:
    """Promise 5: FAISS, tantivy, vectors, features, glossary, texts, manifest; the one before serves, and says so."""
    store, recipe = real.store, real.generation.manifest.recipe
    folder = store.data_dir / "generations" / "000002"
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    assert {"manifest.json", "passages.faiss", "token_vectors.i8", "feature_ids.i32", "glossary.json", "meta.json"} <= {
        path.name for path in files
    }
    chance, tried = random.Random(5), 0
    for path in files:
        content = path.read_bytes()
        for what, change in damaged(content, chance, min(CASES // 3, 2000)):
            path.write_bytes(change)
            found = store.current(recipe)
            where = (path.name, what)
            assert found.manifest.name == "000001" and len(found.problems) == 1 and "000002" in found.problems[0], where
            tried += 1
        path.write_bytes(content)
    print(f"{tried} damages in {len(files)} files, each found")
    assert store.current(recipe).problems == ()


def test_a_damaged_generation_is_not_answered_from(real: Service, embedder: Embedder) -> None:
    """Promise 5: a server that starts answers from the one before, with the reason; the next build heals it."""
    path = real.store.data_dir / "generations" / "000002" / "passages.faiss"
    path.write_bytes(flipped(path.read_bytes(), 4321))
    fresh = wired(settings_of(real), embedder)
    assert fresh.refresh()
    assert fresh.ask(QUESTION).generation == "000001"
    assert "passages.faiss is damaged" in fresh.generation.problems[0]
    report = fresh.rebuild()
    assert (report.published, report.generation, fresh.generation.problems) == (True, "000003", ())


def test_answers_never_mix_generations(real: Service) -> None:
    """Promises 7 and 8: asked without a pause while generations are swapped, each answer is of the one that it names."""
    passages = {}
    for name in ("000001", "000002"):
        real.rollback(name)
        passages[name] = {passage.id: passage for passage in real.generation.passages}
    seen: dict[str, int] = {"000001": 0, "000002": 0}
    bad: list[object] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            try:
                serving = real.serving
                result, generation = serving.ask(QUESTION, limit=20), serving.generation
                if generation.name != result.generation:  # it is what citations are made from
                    bad.append((result.generation, generation.name))
                own = passages[result.generation]
                bad.extend(hit.passage.id for hit in result.hits if own.get(hit.passage.id) != hit.passage)
                # Only the second generation has the sentence that was added, and there it is found.
                if any(hit.passage.document_id == "more" for hit in result.hits) != (result.generation == "000002"):
                    bad.append((result.generation, [hit.passage.document_id for hit in result.hits]))
                seen[result.generation] += 1
            except Exception as error:  # a thread that ended without a word would hide what it saw
                bad.append(repr(error))
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    swaps = 0
    while (swaps < min(CASES, 500) or min(seen.values()) < 4) and not bad and swaps < 5000:
        real.rollback(("000001", "000002")[swaps % 2])
        swaps += 1
    stop.set()
    for thread in threads:
        thread.join()
    print(f"{sum(seen.values())} answers over {swaps} swaps, {len(bad)} bad")
    assert bad == [] and min(seen.values()) > 0, (seen, swaps)


def test_going_back_while_another_thread_opens_waits_for_it(real: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 7: once told that another generation answers, nobody gets an answer of the one before it."""
    began, may_open = threading.Event(), threading.Event()

    def slow(verified: VerifiedGeneration) -> Generation:
        began.set()
        assert may_open.wait(30)
        return open_generation(verified)

    real.rollback("000002")
    GenerationStore(real.places.data_dir).rollback("000001")
    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(service_module, "open_generation", slow)
        watch = pool.submit(real.refresh)
        assert began.wait(30)
        back = pool.submit(lambda: (real.rollback("000001"), real.generation.name)[1])
        assert real.generation.name == "000002" and not wait([back], 0.3).done
        may_open.set()
        assert watch.result(30) and back.result(30) == "000001"


def test_a_pointer_that_goes_and_comes_back_during_a_swap_is_followed(
    real: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 7: what is remembered of a look is the generation that was opened, not what the pointer held before it."""
    others = GenerationStore(real.places.data_dir)
    opened = real.store.opened
    real.rollback("000001")
    others.rollback("000002")

    def overtaken(recipe: Recipe, open_it: Callable[[VerifiedGeneration], Generation]) -> Generation:
        others.rollback("000001")  # after the pointer was read, and before the generation is
        return opened(recipe, open_it)

    with monkeypatch.context() as patch:
        patch.setattr(real.store, "opened", overtaken)
        real.refresh()
    assert real.generation.name == "000001"
    others.rollback("000002")
    assert real.refresh() and real.generation.name == "000002"


def test_a_rollback_gives_the_old_answers_exactly(real: Service) -> None:
    """Promise 12: the same hits, scores, evidence, citations and words as before the edit."""
    real.rollback("000001")
    questions = (QUESTION, "How do MSCs reach injured tissue?", "渐冻症的治疗")
    before = [real.ask(question) for question in questions]
    real.rollback("000002")
    assert real.ask(QUESTION).hits != before[0].hits
    real.rollback("000001")
    for question, old in zip(questions, before, strict=True):
        new = real.ask(question)
        assert (new.hits, new.citations, new.answer, new.confidence) == (old.hits, old.citations, old.answer, old.confidence)


ENDLESS = """
import itertools, sys
from pathlib import Path
from index.models.sentence_transformer import SentenceTransformerEmbedder
from index.generations.store import GenerationStore, VerifiedGeneration
from index.generations.manifest import Recipe
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
corpus, data, model = map(Path, sys.argv[1:])
embedder = SentenceTransformerEmbedder(str(model), name="multilingual-e5-small")  # the weights are its namesake's
service = wired(Settings(corpus_dir=corpus, data_dir=data), embedder)
for number in itertools.count():
    (corpus / "text-00001.md").write_text(f"# 节\\n\\n这是第{number}次修改后的文字。")
    service.rebuild()
    print(service.generation.name, flush=True)
"""


def test_a_real_build_killed_at_any_moment_leaves_whole_generations(tmp_path: Path) -> None:
    """Promise 1: endless real builds, killed at moments drawn by chance; each process goes on where the last one died."""
    write_corpus(tmp_path / "corpus", 3, 4)
    write_model(tmp_path / "made", [path.read_text(encoding="utf-8") for path in (tmp_path / "corpus").iterdir()])
    words = [tmp_path / "corpus", tmp_path / "data", tmp_path / "made" / "model"]
    chance, last = random.Random(1), 0
    for _ in range(max(2, min(CASES // 12, 100))):
        builder = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", ENDLESS, *map(str, words)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert builder.stdout
        seen = int(builder.stdout.readline())
        time.sleep(chance.uniform(0, 0.4))
        builder.kill()
        seen = max([seen, *map(int, builder.communicate()[0].split())])
        store = GenerationStore(tmp_path / "data")
        found = store.current()
        assert found.problems == () and found.manifest.sequence in (seen, seen + 1) and seen >= last
        for name in store.names():
            probe(store.verified(name))
        assert len(open_generation(found).passages) == found.manifest.passages
        last = found.manifest.sequence


def test_a_build_without_memory_leaves_the_generation_before(tmp_path: Path) -> None:
    """Promise 14: a build of its own process that gets no memory dies alone; the next one heals."""
    publish(GenerationStore(tmp_path), "one")

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))

    ended = subprocess.run(
        command(tmp_path, "build", "two", str(300 << 20)), preexec_fn=little, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert ended.returncode == 1 and "MemoryError" in ended.stderr
    found = GenerationStore(tmp_path).current(RECIPE)
    assert (token_of(found), found.problems) == ("one", ())
    assert run(tmp_path, "build", "three").returncode == 0
    assert token_of(GenerationStore(tmp_path).current(RECIPE)) == "three"
    assert not list(tmp_path.rglob("*.tmp*"))


@pytest.mark.skipif(sys.platform != "linux", reason="faketime is for Linux")
@pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")
def test_builds_in_other_years_are_ordered_by_number(tmp_path: Path) -> None:
    """Promise 16: the clock jumps between builds by decades; the last published serves."""
    for date in ("2040-01-01", "1999-12-31", "1971-01-01"):
        words = command(tmp_path, "build", date[:4], "256", "2")
        ended = subprocess.run(["faketime", date, *words], capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr
        found = GenerationStore(tmp_path).current(RECIPE)
        assert (token_of(found), found.problems) == (date[:4], ())
    assert GenerationStore(tmp_path).names() == ("000002", "000003")


def test_a_generation_that_cannot_be_opened_gives_way_to_the_one_before(
    real: Service, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the reason, though all its hashes are right; a server that serves it on says what is wrong."""
    opened = open_generation

    def fail_on_the_second(verified: VerifiedGeneration) -> Generation:
        if verified.manifest.name == "000002":
            monkeypatch.setattr("index.generations.opening.read_documents", lambda folder: 1 / 0)
            try:
                return opened(verified)
            finally:
                monkeypatch.undo()
                monkeypatch.setattr(service_module, "open_generation", fail_on_the_second)
        return opened(verified)

    monkeypatch.setattr(service_module, "open_generation", fail_on_the_second)
    fresh = wired(settings_of(real), embedder)
    assert fresh.refresh()
    assert fresh.ask(QUESTION).generation == "000001"
    (problem,) = fresh.generation.problems
    assert problem.startswith("generation 000002: it can't be opened (ZeroDivisionError")
    assert not fresh.refresh()  # it is looked at once, not endlessly
