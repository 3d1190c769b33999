"""Files are hashed in pieces, whole."""

import hashlib
from pathlib import Path

import pytest

from index import durable
from index.durable import hash_file


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 640])
def test_a_hash_is_of_every_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Of an empty file, of less than a piece, and around the ends of pieces."""
    monkeypatch.setattr(durable, "_PIECE", 64)
    content = bytes(number % 251 for number in range(size))
    (tmp_path / "file").write_bytes(content)
    assert hash_file(tmp_path / "file") == (size, hashlib.sha256(content).hexdigest())
