"""The entry of ``mscqa`` (and of ``python -m api.command.main``)."""

import os
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # What somebody allows, which builds keep to; the rest of this is for libraries.
    if "OMP_NUM_THREADS" in os.environ:
        os.environ.setdefault("MSCQA_PROCESSORS", os.environ["OMP_NUM_THREADS"])
    # Before FAISS and NumPy are loaded: their threads wait for work by spinning, which made questions 5 times slower on a
    # busy machine. A question's own work is too small to be shared out.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from api.command.commands import run

    sys.exit(run())


if __name__ == "__main__":
    main()
