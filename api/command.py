"""The ``mscqa`` command: the command line of the layer below, with the server."""

import sys

from qa.cli import main as run
from qa.settings import Settings


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(serve=_serve))


def _serve(settings: Settings) -> int:
    from api.server import serve  # FastAPI is loaded for this command only

    return serve(settings)


if __name__ == "__main__":
    main()
