"""``make house``: the figures of the house, and the picture of its packages in docs/architecture.md.

Counted are files per folder, lines per package, the longest chain of imports, and sibling packages that import each other.
"""

import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
FLOORS = ("api", "qa", "index", "corpus")
PICTURE = ROOT / "docs" / "architecture.md"
_BEGIN, _END = "<!-- house: written by `make house` -->", "<!-- /house -->"


def main() -> None:
    """Print the figures and draw the picture anew; exit with 1 where siblings import each other."""
    graph = grimp.build_graph(*FLOORS)
    arrows = package_arrows(graph)
    mutual = sorted({tuple(sorted(pair)) for pair in arrows if pair[::-1] in arrows and _siblings(*pair)})
    print(f"{len(python_files())} files, {sum(map(lines_of, python_files()))} lines")
    for folder, count in folders().most_common():
        lines = sum(lines_of(path) for path in python_files() if room(path) == folder)
        print(f"  {folder:<20} {count:>3} files {lines:>6} lines")
    chain = longest_chain(graph)
    print(f"Longest chain of imports: {len(chain)} files: {' -> '.join(chain)}")
    print(f"Arrows between files: {sum(len(graph.find_modules_directly_imported_by(name)) for name in graph.modules)}")
    print(f"Sibling packages that import each other: {', '.join(' and '.join(pair) for pair in mutual) or 'none'}")
    draw(arrows)
    sys.exit(bool(mutual))


def python_files() -> list[Path]:
    """Return the product's source files."""
    return sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def lines_of(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


def room(path: Path) -> str:
    """Return the folder of a file, relative to the repository."""
    return path.parent.relative_to(ROOT).as_posix()


def folders() -> Counter[str]:
    """Return how many files lie in each folder, without the ones that only introduce a package."""
    return Counter(room(path) for path in python_files() if path.name != "__init__.py")


def package_of(module: str, modules: frozenset[str]) -> str:
    """Return the package that ``module`` stands in, itself if it is one."""
    is_package = any(name.startswith(f"{module}.") for name in modules)
    return module if is_package else module.rpartition(".")[0]


def package_arrows(graph: grimp.ImportGraph) -> Counter[tuple[str, str]]:
    """Return how many imports lead from each package into each other one."""
    modules = frozenset(graph.modules)
    return Counter(
        (start, end)
        for module in modules
        for imported in graph.find_modules_directly_imported_by(module)
        if (start := package_of(module, modules)) != (end := package_of(imported, modules))
    )


def longest_chain(graph: grimp.ImportGraph) -> tuple[str, ...]:
    """Return the longest chain of modules each of which imports the next; raises ``ValueError`` for a circle."""
    under_way: set[str] = set()

    @cache
    def longest(module: str) -> tuple[str, ...]:
        if module in under_way:
            raise ValueError(f"{module} imports itself by way of others")
        under_way.add(module)
        below = [longest(name) for name in sorted(graph.find_modules_directly_imported_by(module))]
        under_way.discard(module)
        return (module, *max(below, key=len, default=()))

    return max((longest(module) for module in sorted(graph.modules)), key=len)


def _siblings(one: str, other: str) -> bool:
    """Tell whether two packages stand beside each other: neither holds the other, and both have the same parent."""
    return one.count(".") > 0 and one.rpartition(".")[0] == other.rpartition(".")[0]


def draw(arrows: Mapping[tuple[str, str], int]) -> None:
    """Write the picture of the packages into the documentation: each floor a box, each arrow with its number of imports."""
    names = sorted({name for pair in arrows for name in pair})
    lines = ["```mermaid", "flowchart TD"]
    for floor in FLOORS:
        lines.append(f"  subgraph {floor}_floor [{floor}]")
        lines += [f"    {name.replace('.', '_')}[{name}]" for name in names if name.split(".")[0] == floor]
        lines.append("  end")
    lines += [
        f"  {start.replace('.', '_')} -->|{count}| {end.replace('.', '_')}"
        for (start, end), count in sorted(arrows.items())
        if not end.startswith(f"{start}.") and not start.startswith(f"{end}.")
    ]
    text = PICTURE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    PICTURE.write_text("\n".join([f"{before}{_BEGIN}", *lines, "```", f"{_END}{after}"]), encoding="utf-8")


if __name__ == "__main__":
    main()
