"""How many processors builds take."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from index import processors as counting
from index.processors import processors

ROOT = Path(__file__).parents[2]


def test_as_many_as_the_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """By its affinity, here without a quota."""
    monkeypatch.delenv("MSCQA_PROCESSORS", raising=False)
    monkeypatch.setattr(counting, "_QUOTAS", (Path("/nowhere/cpu.max"), Path("/nowhere/quota")))
    assert processors() == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("content", "count"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", 64)])
def test_a_control_groups_quota_is_respected(
    content: str, count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounded up: one and a half processors keep two threads busy."""
    (tmp_path / "cpu.max").write_text(content)
    monkeypatch.setattr(counting, "_QUOTAS", (tmp_path / "cpu.max", tmp_path / "none"))
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)))
    assert processors() == count


def test_a_quota_of_the_first_version_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quota and period stand in files of their own; -1 is none."""
    (tmp_path / "quota").write_text("300000\n")
    (tmp_path / "period").write_text("100000\n")
    monkeypatch.setattr(counting, "_QUOTAS", (tmp_path / "cpu.max", tmp_path / "quota"))
    monkeypatch.setattr(counting, "_PERIOD", tmp_path / "period")
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(64)))
    assert processors() == 3
    (tmp_path / "quota").write_text("-1\n")
    assert processors() == 64


def test_the_limit_of_open_mp_is_that_of_builds_too() -> None:
    """The command sets the variable for libraries where nobody did; only what somebody set counts."""
    code = "import api.command.main as m, os, sys; sys.argv = ['mscqa', '--help']\ntry: m.main()\nexcept SystemExit: pass\n"
    code += "print(os.environ.get('MSCQA_PROCESSORS'), os.environ['OMP_NUM_THREADS'])"
    for given, wanted in (({}, "None 1"), ({"OMP_NUM_THREADS": "3"}, "3 3")):
        clean = {key: value for key, value in os.environ.items() if key not in ("OMP_NUM_THREADS", "MSCQA_PROCESSORS")}
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, cwd=ROOT, env=clean | given, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == wanted
