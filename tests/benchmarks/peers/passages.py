"""The texts that all peers index: the file's blank-line paragraphs, cut at sentences into about 500 characters."""

import re
from pathlib import Path

LONGEST = 500


def passages(folder: Path) -> list[str]:
    """Return the passages of the Markdown files of ``folder``, English side files left out."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.md")):
        if path.name.endswith(".en.md"):
            continue
        for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8")):
            text = ""
            for sentence in re.findall(r"[^。！？.!?]*[。！？.!?]?", paragraph.strip()):
                if text and len(text) + len(sentence) > LONGEST:
                    found.append(text)
                    text = ""
                text += sentence
            if text.strip():
                found.append(text)
    return found
