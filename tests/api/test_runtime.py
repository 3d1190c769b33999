"""What watches the pointer outlives whatever a look meets: a watch that ended would leave an old index for good."""

import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.process import upkeep as module
from api.process.runtime import Runtime
from api.process.tasks import Tasks
from index.building.build import Progress
from index.building.publishing import publish as publish_index
from index.errors import ModelError
from index.models.embedding import Embedder
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.api.conftest import small_corpus
from tests.api.processes import until
from tests.data_folder import settings_of


@pytest.fixture(scope="module")
def builder(embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """What publishes, as another process would, with a term base of its own."""
    folder = tmp_path_factory.mktemp("runtime")
    settings = small_corpus(folder)
    shutil.copytree(settings.terms_dir, folder / "terms")
    made = wired(settings.model_copy(update={"terms_dir": folder / "terms"}), embedder)
    made.rebuild()
    return made


@pytest.fixture(scope="module")
def service(builder: Service, embedder: Embedder) -> Service:
    """What answers."""
    return wired(settings_of(builder), embedder)


@pytest.fixture
def runtime(builder: Service, service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """What holds the service, with its watch."""
    monkeypatch.setattr(module, "start", lambda settings, say: service)
    runtime = Runtime(settings_of(builder))
    runtime.open()
    until(lambda: runtime.ready, "readiness")
    yield runtime
    runtime.close()


def publish(builder: Service) -> str:
    """Publish an edit; return the generation's name."""
    with (builder.places.corpus_dir / "homing.md").open("a", encoding="utf-8") as file:
        file.write("归巢分为五步。\n")
    return builder.rebuild().generation


@pytest.mark.parametrize("error", [RuntimeError("torn"), OSError(5, "I/O error")])
def test_a_look_that_fails_is_followed_by_others(
    runtime: Runtime, builder: Service, service: Service, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The old generation answers and the trouble is told; once it is over the new one answers and nothing is told."""
    before = runtime.serving.generation.name

    def failing() -> bool:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(service, "refresh", failing)
        published = publish(builder)
        until(lambda: runtime.upkeep.reasons != [], "word of the trouble")
        assert runtime.ready and runtime.serving.generation.name == before != published
    until(lambda: runtime.serving.generation.name == published, "the new generation")
    until(lambda: runtime.upkeep.reasons == [], "the end of the trouble")


def test_a_service_that_goes_during_a_look_ends_no_watch(runtime: Runtime, builder: Service, service: Service) -> None:
    """Whenever it goes: the watch is there when it has come back. The browser tests take it away so, again and again."""
    stop, unexpected = threading.Event(), []

    def to_and_fro() -> None:
        while not stop.is_set():
            runtime.upkeep.service = None
            stop.is_set()  # a call: threads change places at those, and at the end of a loop
            runtime.upkeep.service = service

    going = threading.Thread(target=to_and_fro, daemon=True)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # threads change places at every few steps
    try:
        going.start()
        for number in range(30_000):
            try:
                runtime.upkeep._tell()
                runtime.filename("homing")
                if number % 100 == 0:
                    runtime.upkeep._look()
            except Exception as error:
                unexpected.append(repr(error))
    finally:
        stop.set()
        going.join(10)
        sys.setswitchinterval(interval)
        runtime.upkeep.service = service
    assert unexpected == []
    published = publish(builder)
    until(lambda: runtime.serving.generation.name == published, "the new generation")


def test_a_term_base_that_breaks_before_a_new_generation_is_opened(runtime: Runtime, builder: Service) -> None:
    """Another process published with the terms as they were; here they are found broken, named, and mended."""
    first = runtime.serving.generation.name
    second = publish(builder)
    until(lambda: runtime.serving.generation.name == second, "the new generation")
    broken = builder.places.terms_dir / "broken.csv"
    broken.write_text("no such columns\n", encoding="utf-8")
    builder.store.rollback(first)
    until(lambda: any("broken.csv" in reason for reason in runtime.upkeep.reasons), "word of the broken terms")
    assert runtime.serving.generation.name == second
    broken.unlink()
    until(lambda: runtime.serving.generation.name == first and runtime.upkeep.reasons == [], "the generation gone back to")


def test_a_start_over_a_broken_term_base_is_tried_again(
    builder: Service, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is named until it is mended; then the server answers, having loaded its model once and built nothing."""
    loaded: list[Service] = []

    def start(settings: Settings, say: object) -> Service:
        loaded.append(wired(settings, embedder))
        return loaded[-1]

    monkeypatch.setattr(module, "start", start)
    monkeypatch.setattr(module, "RETRY_AFTER", 0.05)
    monkeypatch.setattr(module, "_RETRY_LATEST", 0.05)
    broken = builder.places.terms_dir / "broken.csv"
    broken.write_text("no such columns\n", encoding="utf-8")
    runtime = Runtime(settings_of(builder))
    runtime.open()
    try:
        until(lambda: any("broken.csv" in reason for reason in runtime.upkeep.reasons), "word of the broken terms")
        broken.unlink()
        until(lambda: runtime.ready and runtime.upkeep.reasons == [], "readiness")
        assert len(loaded) == 1 and runtime.tasks.newest() == []
    finally:
        broken.unlink(missing_ok=True)
        runtime.close()


def test_a_start_that_fails_otherwise_is_tried_again_and_builds_the_first_index(
    embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first index is begun once, however often the model can't be loaded, and once more when it could."""
    tries: list[str] = []

    def start(settings: Settings, say: object) -> Service:
        tries.append("")
        if len(tries) < 4:
            raise ModelError("the model is away")
        return wired(settings, embedder)

    def build(lock: int, progress: Progress, force: bool, cancelled: object) -> dict[str, object]:
        if len(tries) < 4:
            raise ModelError("the model is away")
        publish_index(settings.places, wired(settings, embedder)._tools, progress, force=force)
        return {}

    monkeypatch.setattr(module, "start", start)
    monkeypatch.setattr(module, "RETRY_AFTER", 0.05)
    monkeypatch.setattr(module, "_RETRY_LATEST", 0.05)
    settings = small_corpus(tmp_path)
    runtime = Runtime(settings)
    runtime.tasks = runtime.upkeep._tasks = Tasks(settings.data_dir, build)
    runtime.open()
    try:
        until(lambda: runtime.ready and runtime.upkeep.reasons == [], "readiness")
        assert len(tries) == 4 and len(runtime.tasks.newest()) == 2
    finally:
        runtime.close()
