"""What the process that builds is given."""

import time

import pytest

from corpus.environment import without_secrets


def test_the_build_process_inherits_no_keys() -> None:
    """Whoever reads anybody's texts has none to lose; what the model hub and the libraries need stays."""
    kept = {
        "PATH": "/bin",
        "HOME": "/root",
        "HF_TOKEN": "hub",
        "HF_HUB_OFFLINE": "1",
        "LC_ALL": "C",
        "https_proxy": "http://p",
    }
    secret = ("MSCQA_ADMIN_KEY", "MSCQA_LLM_API_KEY", "MSCQA_ADMIN_KEY_FILE", "OPENAI_API_KEY", "AWS_SECRET_ACCESS_KEY",
              "GITHUB_TOKEN", "PGPASSWORD", "GOOGLE_APPLICATION_CREDENTIALS", "npm_config__auth")  # fmt: skip
    assert without_secrets({**kept, **dict.fromkeys(secret, "x")}, keep=("HF_TOKEN",)) == kept


def test_the_started_process_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its own environment in /proc shows."""
    from pathlib import Path

    from index.building.process import _Child

    monkeypatch.setenv("MSCQA_ADMIN_KEY", "a-secret-of-this-test")
    monkeypatch.setenv("MSCQA_LLM_API_KEY", "another-secret-of-it")
    child = _Child()
    try:
        end = time.monotonic() + 30
        while not (environment := Path(f"/proc/{child.process.pid}/environ").read_bytes()):  # it hasn't begun yet
            assert time.monotonic() < end
    finally:
        child.end()
    assert b"secret-of" not in environment and b"OMP_NUM_THREADS=1" in environment
