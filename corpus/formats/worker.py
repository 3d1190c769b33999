"""The process that reads files of other formats: ``python -m corpus.formats.worker``, started by `process.py` alone.

Each request on standard input is a line of JSON, ``{"suffix", "bytes"}``, and then so many bytes. Each answer is a line of
JSON: a `Converted`'s fields, or ``{"reason", "zh"}``. Memory is bounded; the time is watched by who asks.
"""

import json
import os
import resource
import sys
from contextlib import suppress
from dataclasses import asdict

from corpus.formats.converted import FormatError
from corpus.formats.registry import convert

_MEMORY = 2 << 30  # bytes


def main() -> None:
    """Convert as often as asked."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)  # what libraries print is no answer
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, 10)
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        while line := sys.stdin.buffer.readline():
            request = json.loads(line)
            content = sys.stdin.buffer.read(request["bytes"])
            answers.write(json.dumps(_answer(content, request["suffix"])) + "\n")
            answers.flush()


def _answer(content: bytes, suffix: str) -> dict[str, object]:
    try:
        return asdict(convert(content, suffix))
    except FormatError as error:
        return {"reason": error.reason, "zh": error.zh}
    except MemoryError:
        return {"reason": "it needs more memory than a file may", "zh": "读取所需内存过多"}
    except Exception as error:  # of whatever kind: the file is named with it
        return {"reason": f"it can't be read ({type(error).__name__}: {str(error)[:120]})", "zh": "文件无法读取，可能已损坏"}


if __name__ == "__main__":
    main()
