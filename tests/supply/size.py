"""How much the service takes on the disk once it is installed, without development tools: ``python -m tests.supply.size``.

Counts the files of every distribution that it needs, as they were recorded when each was installed, and prints the largest.
"""

from importlib.metadata import Distribution
from pathlib import Path

from tests.supply.sbom import installed

_SHOWN = 12


def size(package: Distribution) -> int:
    """Return the bytes of the files of ``package``."""
    paths = [str(path.locate()) for path in package.files or ()]
    return sum(Path(path).stat().st_size for path in paths if Path(path).is_file())


def main() -> None:
    """Print the sum and the largest parts."""
    found = {name: size(item.package) for name, item in installed().items()}
    print(f"{sum(found.values()) / 1e6:.0f} MB in {len(found)} packages:")
    for name, count in sorted(found.items(), key=lambda item: -item[1])[:_SHOWN]:
        print(f"{count / 1e6:8.0f} MB  {name}")


if __name__ == "__main__":
    main()
