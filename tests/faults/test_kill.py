"""Promise 1: kill -9 at any step leaves the old or the new generation, whole. Promise 2: so does any I/O error."""

import shutil
import signal
from pathlib import Path

import pytest

from index.errors import NoGenerationError
from index.generations.lock import build_lock
from index.generations.store import GenerationStore
from tests.faults.small_build import RECIPE, publish, token_of
from tests.faults.tracing import CASES, Call, needs_strace, sample, tampered, traced

# Two generations are there; a third is built and the first removed. Or the very first is built. Or one goes back.
SCENARIOS = {
    "build": ("new", ["build", "new", "256", "2"]),
    "first build": ("new", ["build", "new"]),
    "rollback": ("one", ["rollback", "000001"]),
}


def prepared(folder: Path, scenario: str) -> Path:
    """Return a data folder as it is before ``scenario``."""
    data_dir = folder / "data"
    shutil.rmtree(data_dir, ignore_errors=True)
    if scenario != "first build":
        publish(GenerationStore(data_dir), "one")
        publish(GenerationStore(data_dir), "two")
    return data_dir


def calls_of(folder: Path, scenario: str) -> list[Call]:
    """Return every file system call of ``scenario``."""
    return traced(prepared(folder, scenario), *SCENARIOS[scenario][1], log=folder / "log")


def assert_old_or_new(data_dir: Path, scenario: str, where: object) -> None:
    """Fail unless the generation before or after ``scenario`` is served, whole, and a build then heals everything."""
    new = SCENARIOS[scenario][0]
    store = GenerationStore(data_dir)
    for name in store.names():  # whatever one could roll back to is whole, too
        store.verified(name, RECIPE)
    try:
        found = store.current(RECIPE)
        assert token_of(found) in {new, "two"} - ({"two"} if scenario == "first build" else set()), where
        # Only a first build that was stopped right before its pointer leaves something to say.
        assert not found.problems or scenario == "first build", (where, found.problems)
    except NoGenerationError:
        assert scenario == "first build", where
    with build_lock(data_dir):
        publish(store, "healed")
    found = store.current(RECIPE)
    assert (token_of(found), found.problems) == ("healed", ()), where
    assert not list(data_dir.rglob("*.tmp*")), where


@needs_strace
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_kill_at_any_call_leaves_the_old_or_the_new_generation(tmp_path: Path, scenario: str) -> None:
    """Promise 1: the process is killed at the call, before it takes effect."""
    calls = calls_of(tmp_path, scenario)
    assert len(calls) > 20
    for call in sample(calls, CASES):
        data_dir = prepared(tmp_path, scenario)
        ended = tampered(data_dir, *SCENARIOS[scenario][1], call=call, fault="signal=KILL", log=tmp_path / "log")
        assert ended.returncode == -signal.SIGKILL, (call, ended.stderr)
        assert_old_or_new(data_dir, scenario, call)


@needs_strace
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EINTR"])
def test_any_error_of_any_call_is_a_clean_failure_or_none(tmp_path: Path, scenario: str, error: str) -> None:
    """Promise 2: it ends with 0 or with one clear message, never with a traceback; what was published still serves."""
    calls = calls_of(tmp_path, scenario)
    for call in sample(calls, max(1, CASES // 3)):
        data_dir = prepared(tmp_path, scenario)
        ended = tampered(data_dir, *SCENARIOS[scenario][1], call=call, fault=f"error={error}", log=tmp_path / "log")
        assert ended.returncode in (0, 3), (call, ended.stderr)
        assert "Traceback" not in ended.stderr, (call, ended.stderr)
        if ended.returncode == 0:
            assert token_of(GenerationStore(data_dir).current(RECIPE)) == SCENARIOS[scenario][0], call
        assert_old_or_new(data_dir, scenario, call)
