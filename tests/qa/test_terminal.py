"""What commands do where their output goes nowhere, and where a place is none: a line and an exit code, no traceback."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from api.command.main import run

ROOT = Path(__file__).parents[2]
UNREAD = "外泌体é😀.md"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The environment of a command over a corpus that can't be read."""
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / UNREAD).write_bytes(b"\xff")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MSCQA_", "PYTHON"))}
    folders = {"MSCQA_CORPUS_DIR": str(tmp_path / "corpus"), "MSCQA_DATA_DIR": str(tmp_path / "data")}
    return {**kept, **folders, "PYTHONPATH": str(ROOT)}


def start(environment: Mapping[str, str], *words: str, stdout: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "api.command.main", *words]
    return subprocess.Popen(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8")


@pytest.mark.parametrize("words", [("status", "--json"), ("doctor",), ("--help",)])
def test_a_reader_that_goes_away_ends_a_command_quietly(environment: dict[str, str], words: tuple[str, ...]) -> None:
    """With the code that a shell gives for a program that the signal ended."""
    reader, writer = os.pipe()
    os.close(reader)
    with start(environment, *words, stdout=writer) as ran:
        os.close(writer)
        assert ran.communicate() == (None, "") and ran.returncode == 141


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_said(environment: dict[str, str], unbuffered: str) -> None:
    """In a line, and the command has failed."""
    full = os.open("/dev/full", os.O_WRONLY)
    with start(environment | {"PYTHONUNBUFFERED": unbuffered}, "status", "--json", stdout=full) as ran:
        os.close(full)
        _, said = ran.communicate()
    assert ran.returncode == 1 and said.endswith("No space left on device\n") and said.count("\n") == 1
    assert unbuffered or said.startswith("mscqa: the output can't be written: ")


def test_text_that_an_encoding_lacks_is_escaped(environment: dict[str, str]) -> None:
    """As JSON does, so that JSON stays what it is."""
    with start(environment | {"PYTHONIOENCODING": "ascii"}, "status", "--json", stdout=subprocess.PIPE) as ran:
        printed, said = ran.communicate()
    assert (ran.returncode, said) == (0, "") and printed.isascii()
    assert json.loads(printed)["refused"][0]["filename"] == UNREAD
    with start(environment | {"PYTHONIOENCODING": "ascii"}, "doctor", stdout=subprocess.PIPE) as ran:
        printed, said = ran.communicate()
    assert (ran.returncode, said) == (1, "")
    assert "left out: \\u5916\\u6ccc\\u4f53\\u00e9\\ud83d\\ude00.md" in printed


def test_what_cannot_be_written_is_said_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run takes minutes; nothing is left of the look."""
    file = tmp_path / "file"
    file.write_text("kept", encoding="utf-8")
    said = {
        ("evaluate", "nothing", "--write", str(tmp_path)): f"mscqa: {tmp_path}: Is a directory\n",
        ("evaluate", "nothing", "--write", str(file / "x")): f"mscqa: {file}: File exists\n",
        ("evaluate", "nothing", "--index", str(file)): f"mscqa: {file}: it is no folder, and the index needs one\n",
        ("evaluate", "nothing", "--write", str(tmp_path / "new")): "mscqa: nothing: there is no such file or folder\n",
        ("evaluate", "nothing", "--write", str(file)): "mscqa: nothing: there is no such file or folder\n",
    }
    for words, line in said.items():
        assert run(words) == 1
        assert capsys.readouterr().err == line
    assert list(tmp_path.iterdir()) == [file] and file.read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("words", [("rollback",), ("export", "file.tar")])
def test_a_number_of_thousands_of_digits_is_no_generation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """And isn't read back whole."""
    monkeypatch.setenv("MSCQA_DATA_DIR", str(tmp_path))
    assert run([words[0], "9" * 5000, *words[1:]]) == 1
    said = capsys.readouterr().err
    assert "9" * 18 + "…" in said and len(said) < 300 and said.count("\n") == 1
