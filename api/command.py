"""The ``mscqa`` command: the command line of the layer below, with the server."""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qa.settings import Settings


def main() -> None:
    """Run the command line and exit with its code."""
    # Before FAISS and NumPy are loaded: their threads wait for work by spinning, which made questions 5 times slower on a
    # busy machine. A question's own work is too small to be shared out.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from qa.cli import main as run

    sys.exit(run(serve=_serve))


def _serve(settings: "Settings") -> int:
    from api.server import serve  # FastAPI is loaded for this command only

    return serve(settings)


if __name__ == "__main__":
    main()
