"""What is said where a process may have too little memory or address space for the model."""

import subprocess
import sys
from pathlib import Path

import pytest

from index.models.default_model import FOLDER
from index.models.memory import is_short_of_memory
from tests.data_folder import VAR, prepared

LIMITED = """
import resource, sys
from pathlib import Path
from index.errors import ModelError
from index.models.loading import load_embedder
limit = int(sys.argv[1]) << 20
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    load_embedder(sys.argv[3], Path(sys.argv[2]))
except ModelError as error:
    print(error)
"""


@pytest.mark.parametrize(("model", "megabytes"), [("default", 200), (FOLDER, 400), (FOLDER, 1200)])
def test_too_little_address_space_is_named_and_not_the_setting(model: str, megabytes: int) -> None:
    """Whether the library can't be mapped or the weights can't, of the default model and of one that is named."""
    model = model if model == "default" else str(VAR / "models" / model)
    words = [sys.executable, "-c", LIMITED, str(megabytes), str(VAR), model]
    ran = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=300)
    assert "address space" in ran.stdout and "ulimit -v" in ran.stdout and "MSCQA_EMBEDDING_MODEL" not in ran.stdout, ran


def test_memory_is_told_from_other_failures() -> None:
    """By kind, by number, by words, and under another error."""
    wrapped = RuntimeError("failed")
    wrapped.__cause__ = MemoryError()
    for error in (MemoryError(), OSError(12, "no"), RuntimeError("std::bad_alloc"), wrapped):
        assert is_short_of_memory(error)
    assert not is_short_of_memory(OSError(2, "No such file")) and not is_short_of_memory(ValueError("no such model"))


SMALL = """
import os, resource, sys
from pathlib import Path
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30))
from index.processors import processors
from qa.bootstrap import start
from qa.settings import Settings
service = start(Settings(corpus_dir=Path(sys.argv[1]), data_dir=Path(sys.argv[2])))
service.rebuild()
result = service.ask("外泌体能穿过血脑屏障吗？")
print(processors(), result.answerable, result.hits[0].passage.document_id)
"""


def test_one_processor_and_a_gigabyte_are_enough_to_build_and_ask(tmp_path: Path) -> None:
    """Nothing is asked for that such a machine doesn't have."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "short.txt").write_text(
        "外泌体能够穿过血脑屏障，而且免疫原性低。在 12 名患者中没有出现严重不良事件。", encoding="utf-8"
    )
    words = [sys.executable, "-c", SMALL, str(corpus), str(prepared(tmp_path / "data"))]
    ran = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=300)
    assert ran.stdout.split() == ["1", "True", "short"], ran
