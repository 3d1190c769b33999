"""Places in texts: what they share, and what is left of them without blanks."""

import pytest

from corpus.model import Span


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [((0, 3), (2, 5), True), ((0, 3), (3, 5), False), ((2, 5), (0, 9), True), ((4, 5), (0, 4), False)],
)
def test_two_spans_overlap_where_they_share_a_code_point(one: tuple[int, int], other: tuple[int, int], shared: bool) -> None:
    """Either way round; touching is no sharing."""
    assert Span(*one).overlaps(Span(*other)) is Span(*other).overlaps(Span(*one)) is shared


@pytest.mark.parametrize(
    ("text", "span", "left"),
    [("a  b c  d", (1, 8), "b c"), ("\u3000归巢\n", (0, 4), "归巢"), ("ab", (0, 2), "ab"), ("a   b", (1, 4), "")],
)
def test_a_span_is_trimmed_of_white_space(text: str, span: tuple[int, int], left: str) -> None:
    """Wide blanks too; of blanks alone an empty span is left, within the old one."""
    trimmed = Span(*span).trimmed(text)
    assert trimmed.of(text) == left and Span(*span).contains(trimmed)
