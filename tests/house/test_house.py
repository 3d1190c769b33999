"""The figures of the house stay what they were made for, and its picture is that of the code."""

import grimp
import pytest

from tests.house.figures import FLOORS, PICTURE, draw, folders, longest_chain, package_arrows

FULLEST, CHAIN = 20, 26


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*FLOORS, cache_dir=None)


def test_no_folder_is_fuller_than_one_can_look_through() -> None:
    """Files that introduce a package aside."""
    assert max(folders().values()) <= FULLEST


def test_nothing_imports_itself_and_chains_are_short(graph: grimp.ImportGraph) -> None:
    """A circle is an error; a long chain is a change that touches half of the house."""
    assert len(longest_chain(graph)) <= CHAIN


def test_no_two_packages_that_stand_side_by_side_import_each_other(graph: grimp.ImportGraph) -> None:
    """Of two siblings one stands on the other, or neither."""
    arrows = package_arrows(graph)
    mutual = {pair for pair in arrows if pair[::-1] in arrows and all("." in name for name in pair)}
    assert {pair for pair in mutual if pair[0].rpartition(".")[0] == pair[1].rpartition(".")[0]} == set()


def test_the_picture_is_that_of_the_code(graph: grimp.ImportGraph) -> None:
    """`make house` draws it anew."""
    before = PICTURE.read_text(encoding="utf-8")
    try:
        draw(package_arrows(graph))
        assert PICTURE.read_text(encoding="utf-8") == before, "run: make house"
    finally:
        PICTURE.write_text(before, encoding="utf-8")
