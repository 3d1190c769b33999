"""Promise 15: a file that can't be used is named with its reason, and then nothing of the folder is read."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.errors import CorpusError
from corpus.reading import LARGEST_BYTES, read_folder

GOOD = "外泌体能够穿过血脑屏障。"


def _outside(folder: Path) -> None:
    (folder.parent / "secret.txt").write_text("秘密。", encoding="utf-8")
    (folder / "bad.txt").symlink_to(folder.parent / "secret.txt")


def _folder_outside(folder: Path) -> None:
    (folder.parent / "others").mkdir()
    (folder / "bad.txt").symlink_to(folder.parent / "others")


def _circle(folder: Path) -> None:
    (folder / "bad.txt").symlink_to(folder / "other.txt")
    (folder / "other.txt").symlink_to(folder / "bad.txt")


def _socket(folder: Path) -> None:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("bad.txt")
    finally:
        os.chdir(here)


def _huge(folder: Path) -> None:
    with (folder / "bad.txt").open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)


def _twice(folder: Path) -> None:
    (folder / "bad.md").write_text(GOOD, encoding="utf-8")
    (folder / "Bad.md").write_text(GOOD, encoding="utf-8")


def _named_twice(folder: Path) -> None:
    (folder / "x.md").write_text(f"---\nid: Bad\n---\n{GOOD}", encoding="utf-8")
    (folder / "y.md").write_text(f"---\nid: ｂａｄ\n---\n{GOOD}", encoding="utf-8")


def _content(content: bytes, name: str = "bad.txt") -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


BAD = {
    "empty": (_content(b""), r"bad\.txt: the file is empty"),
    "blank": (_content(" \n\u3000\t\r\n".encode()), r"bad\.txt: the file is empty"),
    "only a byte order mark": (_content(b"\xef\xbb\xbf"), r"bad\.txt: the file is empty"),
    "not UTF-8": (_content(GOOD.encode() + b"\n" + GOOD.encode("gb18030")), r"bad\.txt, line 2: it isn't UTF-8"),
    "UTF-16 without its mark": (_content(GOOD.encode("utf-16-le")), r"bad\.txt, line 1: it isn't UTF-8"),
    "UTF-16 that is cut": (_content(GOOD.encode("utf-16")[:-1]), r"bad\.txt, line 1: it isn't UTF-16"),
    "half-written: the last character is cut": (_content(GOOD.encode()[:-1]), r"bad\.txt, line 1: it isn't UTF-8"),
    "NUL": (_content(f"{GOOD}\n\x00".encode()), r"bad\.txt, line 2: it holds the control character U\+0000"),
    "blocks of NUL, as after a crash": (_content(bytes(4096)), r"bad\.txt, line 1: .*U\+0000"),
    "a surrogate": (_content(b"\xed\xa0\x80"), r"bad\.txt, line 1: it isn't UTF-8"),
    "huge": (_huge, r"bad\.txt: it is larger than 5 MB"),
    "half-written front matter": (_content(f"---\ntitle: x\n{GOOD}".encode(), "bad.md"), r"bad\.md, line 1: .*no closing"),
    "broken front matter": (_content(b"---\ntitle: [\n---\nx", "bad.md"), r"bad\.md, line \d: .*isn't valid YAML"),
    "a list as a key": (_content(b"---\n? [a, b]\n: 2\n---\nx", "bad.md"), r"bad\.md, line 2: .*a key must be plain text"),
    "a surrogate in front matter": (
        _content(b'---\ntitle: "\\ud800"\n---\nx', "bad.md"),
        r"bad\.md: title holds U\+D800, which is no character of a text; take it out",
    ),
    "a surrogate in an author's name": (
        _content(b'---\nsource: {title: x, authors: ["A\\ud800"]}\n---\nx', "bad.md"),
        r"bad\.md: an author holds U\+D800, which is no character of a text; take it out",
    ),
    "a control character in front matter": (
        _content(b'---\nsource: {title: x, authors: ["A\\x07"]}\n---\nx', "bad.md"),
        r"bad\.md: an author holds U\+0007",
    ),
    "front matter that holds itself": (_content(b"---\n&a {title: *a}\n---\nx", "bad.md"), r"bad\.md, line 2: .*no aliases"),
    "an alias": (_content(b"---\ntitle: &a x\nid: *a\n---\nx", "bad.md"), r"bad\.md, line 2: .*no aliases"),
    "front matter of 17 KB": (_content(b"---\ntitle: " + b"x" * 17_000 + b"\n---\nx", "bad.md"), r"larger than 16 KB"),
    "five levels": (_content(b"---\na: {b: {c: {d: {e: 1}}}}\n---\nx", "bad.md"), r"nested too deeply"),
    "front matter without end": (
        _content(b"---\ntitle: " + b"[" * 3000 + b"\n---\nx", "bad.md"),
        r"bad\.md, line \d+: the front matter",
    ),
    "front matter alone": (_content(b"---\ntitle: x\n---\n", "bad.md"), r"bad\.md: the file has no text"),
    "a tag that makes objects": (
        _content(b"---\ntitle: !!python/object/apply:os.system [x]\n---\nx", "bad.md"),
        r"bad\.md, line 2",
    ),
    "no id": (_content(GOOD.encode(), "！！.txt"), r"！！\.txt: no id can be made"),
    "a link out of the folder": (_outside, r"bad\.txt: it is a link that leads out"),
    "a link to a folder outside": (_folder_outside, r"bad\.txt: it is a link to a folder"),
    "a link to nowhere": (
        lambda folder: (folder / "bad.txt").symlink_to("gone"),
        r"bad\.txt: it can't be read: No such file",
    ),
    "links in a circle": (_circle, r"bad\.txt: it can't be read"),
    "a link to a device": (
        lambda folder: (folder / "bad.txt").symlink_to("/dev/zero"),
        r"bad\.txt: it is a link that leads out",
    ),
    "a pipe": (lambda folder: os.mkfifo(folder / "bad.txt"), r"bad\.txt: it isn't a plain file"),
    "a socket": (_socket, r"bad\.txt: it isn't a plain file"),
    "two names of one id": (_twice, r"bad\.md: its id 'bad' is also that of Bad\.md"),
    "two ids that differ in case and width": (_named_twice, r"y\.md: its id 'bad' is also that of x\.md"),
    "a name that isn't UTF-8": (
        lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/\xff.txt")).write_text(GOOD) and None,
        r"'\\udcff\.txt': its name holds characters",
    ),
    "a line break in the name": (_content(GOOD.encode(), "a\nb.txt"), r"'a\\nb\.txt': its name holds characters"),
    "a translation of nothing": (_content(b"x", "bad.en.md"), r"bad\.en\.md: it is the English side file of bad\.md"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_named_with_its_reason(tmp_path: Path, what: str) -> None:
    """Promise 15: whatever else the folder holds, nothing is read, and no other file is blamed."""
    make, reason = BAD[what]
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "good.txt").write_text(GOOD, encoding="utf-8")
    assert len(read_folder(folder)) == 1
    make(folder)
    with pytest.raises(CorpusError, match=reason) as error:
        read_folder(folder)
    assert not any("good" in problem.filename for problem in error.value.problems)


def test_every_bad_file_is_named_at_once(tmp_path: Path) -> None:
    """Promise 15: nobody mends one file only to learn of the next."""
    for number in range(5):
        (tmp_path / f"{number}.txt").write_bytes(b"\xff")
    with pytest.raises(CorpusError) as error:
        read_folder(tmp_path)
    assert [problem.filename for problem in error.value.problems] == [f"{number}.txt" for number in range(5)]


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 15: what a writer hasn't finished isn't taken for the text."""
    path = tmp_path / "a.md"
    path.write_text(GOOD, encoding="utf-8")
    read = Path.read_bytes

    def slowly(self: Path) -> bytes:
        content = read(self)
        with self.open("ab") as file:
            file.write(b"more")
        return content

    monkeypatch.setattr(Path, "read_bytes", slowly)
    with pytest.raises(CorpusError, match=r"a\.md: it was being written"):
        read_folder(tmp_path)


def test_what_is_hidden_or_of_another_kind_is_passed_over(tmp_path: Path) -> None:
    """Editors' and systems' own files are nobody's mistake."""
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / ".git").mkdir()
    for name in (".a.md.swp", ".git/x.md", "a.md~", "a.epub", ".hidden.txt"):
        (tmp_path / name).write_bytes(b"\xff\x00")
    assert [document.filename for document in read_folder(tmp_path)] == ["a.md"]


def test_only_english_side_files_are_no_documents_and_capitals_make_no_difference(tmp_path: Path) -> None:
    """A name like review.zh.md is a document's, and so is R6.MD."""
    for name in ("review.zh.md", "parkinson.pd.md", "R6.MD", "NOTES.TXT", "a.md"):
        (tmp_path / name).write_text(f"{GOOD}\n", encoding="utf-8")
    (tmp_path / "a.en.md").write_text("Exosomes can cross the blood-brain barrier.\n", encoding="utf-8")
    documents = {document.filename: document for document in read_folder(tmp_path)}
    assert set(documents) == {"review.zh.md", "parkinson.pd.md", "R6.MD", "NOTES.TXT", "a.md"}
    assert documents["a.md"].translation is not None


def test_known_documents_are_not_read_again_and_changed_ones_are(tmp_path: Path) -> None:
    """The same bytes give the same object; any other byte, in the side file too, a new one."""
    (tmp_path / "a.md").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.md").write_text(GOOD, encoding="utf-8")
    first = {document.filename: document for document in read_folder(tmp_path)}
    (tmp_path / "a.md").write_text(GOOD + "又一句。", encoding="utf-8")
    second = {document.filename: document for document in read_folder(tmp_path, first)}
    assert second["b.md"] is first["b.md"] and second["a.md"].text == GOOD + "又一句。"
    (tmp_path / "b.en.md").write_text("Exosomes cross it.", encoding="utf-8")
    third = {document.filename: document for document in read_folder(tmp_path, second)}
    assert third["a.md"] is second["a.md"] and third["b.md"].translation is not None
    (tmp_path / "b.en.md").unlink()
    assert read_folder(tmp_path, third)[1].translation is None
