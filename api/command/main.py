"""The command line: ``mscqa serve | build | read | ask | verify | evaluate | fit | status | rollback | doctor | …``.

Data goes to stdout, words to stderr. Exit codes: 0 done; 1 it failed, with the reason; 2 wrong use; 3 the corpus doesn't
answer (``ask``) or uphold (``verify``); 130 stopped by Ctrl+C; 141 nobody reads the output any more.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib import import_module
from typing import TYPE_CHECKING

from api.command.notice import NOTICE

if TYPE_CHECKING:
    from qa.settings import Settings


def main() -> None:
    """Run the command line and exit with its code."""
    # What somebody allows, which builds keep to; the rest of this is for libraries.
    if "OMP_NUM_THREADS" in os.environ:
        os.environ.setdefault("MSCQA_PROCESSORS", os.environ["OMP_NUM_THREADS"])
    # Before FAISS and NumPy are loaded: their threads wait for work by spinning, which made questions 5 times slower on a
    # busy machine. A question's own work is too small to be shared out.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    sys.exit(run())


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    from api.command.terminal import BROKEN_PIPE, OutputError, output, words

    try:
        with output():
            return _run(_parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments))
    except BrokenPipeError:
        return BROKEN_PIPE
    except (OutputError, OSError) as error:
        place = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        words.print(f"mscqa: {place}{reason}", markup=False, style="red", soft_wrap=True)
        return 1
    except KeyboardInterrupt:
        words.print("mscqa: stopped")
        return 130


def _run(parsed: argparse.Namespace) -> int:
    from api.command.terminal import words
    from corpus.errors import CorpusError
    from index.errors import IndexStoreError
    from qa.evaluation.legs import UnknownLegError
    from qa.retrieval.weights import WeightsError
    from qa.settings import SettingsError, read_settings

    try:
        overrides = {
            name: getattr(parsed, name) for name in ("host", "port", "workers") if getattr(parsed, name, None) is not None
        }
        settings = read_settings(**overrides)
        return int(parsed.run(parsed, settings))
    except (SettingsError, CorpusError, IndexStoreError, WeightsError, UnknownLegError) as error:
        if isinstance(error, CorpusError) and getattr(parsed, "json", False):
            print(json.dumps({"refused": list(map(asdict, error.problems))}, ensure_ascii=False))
        words.print(f"mscqa: {error}", markup=False, style="red", soft_wrap=True)
        return 1


# The modules of the commands, in the order in which they are listed.
_MODULES = {
    "build": ("build",),
    "ask": ("ask",),
    "evaluate": ("evaluate",),
    "verify": ("verify",),
    "read": ("read",),
    "fit": ("fit",),
    "index": ("status", "rollback", "doctor", "export", "import"),
}


def _parser(arguments: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser of the command that ``arguments`` begin with, or of all: each brings half a second of imports."""
    parser = argparse.ArgumentParser(
        prog="mscqa",
        description="Cited answers from Chinese review texts on mesenchymal stem cell therapy, asked in Chinese or English.",
        epilog=f"Settings are read from MSCQA_* variables (docs/operating.md). {NOTICE}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    server = commands.add_parser("serve", help="serve the API and the page; builds the first index itself")
    server.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    server.add_argument("--port", type=int, help="port to listen on (default 8000; 0: any free one)")
    server.add_argument("--workers", type=int, help="server processes behind the port (default 1)")
    server.set_defaults(run=_serve)

    asked = arguments[0] if arguments else ""
    chosen = [name for name, names in _MODULES.items() if asked in names]
    for name in () if asked == "serve" else chosen or _MODULES:
        module = import_module(f"api.command.{name}")
        (module.add_commands if name == "index" else module.add_command)(commands)
    return parser


def _serve(parsed: argparse.Namespace, settings: "Settings") -> int:
    from api.server import serve  # FastAPI is loaded for this command only

    return serve(settings)


if __name__ == "__main__":
    main()
