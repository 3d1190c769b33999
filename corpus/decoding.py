"""From bytes to text: by byte order mark, as strict UTF-8, or else in an encoding of Chinese that fits every byte."""

import codecs
import re

from corpus.errors import CorpusError, Problem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = ("gb18030", "big5")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NO_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BREAKS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")
_ORDINARY = re.compile(r"[\u4e00-\u9fff\u3000-\u303f\uff00-\uffefA-Za-z0-9\s.,;:!?()%+\-/<>=\"'“”‘’…—·~°±×μα-ωΑ-Ω①-⑳]")
_OFTEN = frozenset(
    "的是在了和有中不为者与及其人以可对而于后这或由到上时下用一个大会无来多日月年国病治疗患组例性发细胞药术為後來時個這對會與無國發療藥術應當過須"
)


def decode(content: bytes, filename: str) -> tuple[str, str]:
    r"""Return the text of a file, line ends as ``\\n``, and its encoding; raises ``CorpusError`` with file and reason."""
    raw, encoding = _decoded(content, filename)
    text = _BREAKS.sub("\n", raw)
    if not text.strip():
        raise CorpusError([Problem(filename, "the file is empty", gone=True)])
    if control := _NO_CONTROL.search(text):
        line = text.count("\n", 0, control.start()) + 1
        raise CorpusError([Problem(filename, f"it holds the control character U+{ord(control[0]):04X}", line)])
    return text, encoding


def _decoded(content: bytes, filename: str) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return content[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _undecodable(
                    content, error, filename, encoding.upper().removesuffix("-LE").removesuffix("-BE")
                ) from None
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if found := _chinese(content):
            return found
        raise _undecodable(content, error, filename, "UTF-8") from None


def _chinese(content: bytes) -> tuple[str, str] | None:
    """Return what strict GB18030 or Big5 make of ``content``, whichever reads like Chinese; None where neither does.

    Either takes most bytes of the other; what tells them apart is how many common characters come out.
    """
    found: list[tuple[float, str, str]] = []
    for encoding in _CHINESE:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        beyond = [character for character in text if not character.isascii()]
        ordinary = sum(bool(_ORDINARY.match(character)) for character in beyond)
        if not beyond or _CONTROL.search(text) or ordinary < 0.9 * len(beyond):
            continue
        found.append((sum(character in _OFTEN for character in beyond) / len(beyond), encoding, text))
    best = max(found, default=None)
    return (best[2], best[1]) if best and best[0] >= _COMMON else None


_COMMON = 0.04  # of the characters of Chinese, a quarter are of the ones counted; of what isn't Chinese, next to none


def _undecodable(content: bytes, error: UnicodeDecodeError, filename: str, encoding: str) -> CorpusError:
    line = content[: error.start].count(b"\n") + 1
    reason = f"it isn't {encoding} (byte {error.start}); save it as UTF-8"
    return CorpusError([Problem(filename, reason, line)])
