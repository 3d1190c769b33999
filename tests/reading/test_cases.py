"""Sixty texts of kinds that people have, written before any of them was mended, and what is right for each.

``expected_failures.txt`` names the checks that fail today, one a line. It may only shrink: a check that passes and is
still listed fails here.
"""

from pathlib import Path

import pytest

from corpus.errors import CorpusError
from index.errors import IndexStoreError
from index.models.sentence_transformer import SentenceTransformerEmbedder
from qa.bootstrap import wired
from qa.service import Service
from qa.settings import Settings
from tests.data_folder import prepared
from tests.reading.checks import Check, problems_of, read_checks

HERE = Path(__file__).parent
CHECKS = read_checks(HERE / "cases" / "cases.jsonl")
EXPECTED = set((HERE / "expected_failures.txt").read_text(encoding="utf-8").split())

_SERVICES: dict[str, tuple[Path, Service | None]] = {}


@pytest.fixture(scope="module")
def make(embedder: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """Return what gives a case's folder and the service over it, built once."""

    def made(case: str) -> tuple[Path, Service | None]:
        if case not in _SERVICES:
            folder = tmp_path_factory.mktemp(case)
            corpus = folder / "corpus"
            corpus.mkdir()
            whole = HERE / "cases" / "texts" / case
            paths = whole.iterdir() if whole.is_dir() else whole.parent.glob(f"{case}.*")
            for path in paths:
                (corpus / path.name).write_bytes(path.read_bytes())
            service: Service | None = wired(Settings(corpus_dir=corpus, data_dir=prepared(folder / "data")), embedder)
            try:
                service.rebuild()
            except (CorpusError, IndexStoreError):
                service = None
            _SERVICES[case] = (corpus, service)
        return _SERVICES[case]

    return made


@pytest.mark.parametrize(("name", "check"), CHECKS, ids=[name for name, _ in CHECKS])
def test_a_text_is_read_and_asked_as_a_reader_would(name: str, check: Check, make) -> None:  # type: ignore[no-untyped-def]
    """What a case says holds, but for the checks that are listed; those still fail."""
    found = list(problems_of(check, *make(check["case"])))
    if name in EXPECTED:
        assert found, f"{name} passes now: take it out of expected_failures.txt"
    else:
        assert not found, "\n".join(found)


def test_only_checks_are_listed() -> None:
    """A name that no check has would never be missed."""
    assert {name for name, _ in CHECKS} >= EXPECTED
