"""Checking whole drafts: which sentences they have, and the command's exit code."""

import argparse
import json
from pathlib import Path

import pytest

from api.command import verify
from qa.service import Service
from qa.verification.drafts import read_draft
from tests.data_folder import settings_of

HELD = "获得美国食品药品监督管理局（FDA）批准的 ALS 药物只有三种。"
FALSE = "The FDA has approved seven ALS drugs."


def test_a_draft_is_read_as_texts_are() -> None:
    """Wrapped lines are one sentence, markup is left out, and what states nothing is told by its kind."""
    draft = (
        "---\ntitle: T\n---\n# ALS\n\nThe **FDA** approved\nthree drugs. Is it so?\n\n"
        "- BDNF rises\n\n| a | b |\n|--|--|\n| c | d |\n"
    )
    found = [(item.text, item.left_out) for item in read_draft(draft, markdown=True)]
    assert found == [
        ("ALS", "heading"),
        ("The FDA approved three drugs.", ""),
        ("Is it so?", "question"),
        ("BDNF rises", ""),
        ("a | b", "row"),
        ("c | d", "row"),
    ]


def test_a_claim_without_full_stop_is_checked() -> None:
    """Alone, a short line isn't a heading of anything; a sentence too long for a claim is named."""
    assert [item.left_out for item in read_draft("NfL is a biomarker of ALS")] == [""]
    assert [item.left_out for item in read_draft("外" * 2001 + "。")] == ["long"]
    assert read_draft("——\n\n……") == ()


def test_the_command_checks_a_file(service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0 where all is supported, 3 where something isn't, 2 where nothing can be checked; a missing file is no quote."""
    parser = argparse.ArgumentParser()
    verify.add_command(parser.add_subparsers())

    def run(name: str, text: str, *options: str) -> int:
        (tmp_path / name).write_text(text, encoding="utf-8")
        parsed = parser.parse_args(["verify", str(tmp_path / name), *options])
        return int(parsed.run(parsed, settings_of(service)))

    assert run("held.txt", HELD) == 0
    assert capsys.readouterr().out.startswith(f"supported: {HELD}\n")
    assert run("mixed.md", f"# ALS\n\n{HELD}\n\n{FALSE}\n") == 3
    printed = capsys.readouterr().out
    assert "not checked (heading): ALS" in printed and "number: the text has '三', the claim 'seven'" in printed
    assert run("mixed.md", f"{HELD}\n\n{FALSE}\n", "--json") == 3
    verdicts = [item["checked"]["support"] for item in json.loads(capsys.readouterr().out)]
    assert verdicts == ["supported", "contradicted"]
    assert run("asking.txt", "Is it so?") == 2
    with pytest.raises(FileNotFoundError):
        parsed = parser.parse_args(["verify", str(tmp_path / "gone.md")])
        parsed.run(parsed, settings_of(service))
