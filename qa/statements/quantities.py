"""A number with its unit, and when two of them say the same: 24 个月 and 2 年, 五成 and 50 %, 数百 and 'hundreds of'."""

import math
from dataclasses import dataclass

from corpus.model import Span
from qa.statements.bounds import Bound
from qa.statements.signs import Change
from qa.statements.units import COUNT, Unit


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, the unit that it counts as written, and whether it is a bound; ``base`` is the value in the base unit.

    ``several`` is a number of so many digits: 数百 and 'hundreds of' are several with the value 100. ``change`` is ``up``
    after a plus sign, and ``down`` where words say of a positive value that something fell by it.
    """

    value: float
    measure: Unit
    bound: Bound
    weak: bool
    span: Span
    change: Change = "unsaid"

    @property
    def unit(self) -> str:
        """The unit's name, such as ``count``, ``percent``, ``phase``, ``month`` or ``milligram/kilogram``."""
        return self.measure.name

    @property
    def dimension(self) -> str:
        """What it can be compared with, such as ``count``, ``time``, ``mass``, ``mass/mass`` or ``share``."""
        return self.measure.dimension

    @property
    def base(self) -> float:
        """The value in the base unit of the dimension, such as grams, days or kelvins."""
        return self.measure.in_base(self.value)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Tell whether two numbers agree in value and dimension, and the first claims no bound that the second doesn't give.

    24 个月 are 2 年, and 五成 50 %. A number alone agrees with one of a unit that people leave out.
    """
    if not _comparable(one.measure, other.measure):
        return False
    if "several" in (one.bound, other.bound):
        return _several_agree(one, other)
    if not _same_value(one, other):
        return False
    if one.bound == other.bound or "about" in (one.bound, other.bound):
        return {one.bound, other.bound} != {"about", "less"}
    return one.bound == "exact" and other.bound == "more"


def _comparable(one: Unit, other: Unit) -> bool:
    if one.dimension == other.dimension:
        return True
    # 2025 and 2025年, minus 80 and −80 ℃; a bare English number carries no measure word
    return one.left_out if other == COUNT else other.left_out if one == COUNT else False


def _values(one: Quantity, other: Quantity) -> tuple[float, float]:
    """Return both values in one unit; what a number alone counts is what the other one counts."""
    as_written = one.unit == other.unit or one.dimension != other.dimension
    return (one.value, other.value) if as_written else (one.base, other.base)


def _same_value(one: Quantity, other: Quantity) -> bool:
    """Tell whether two values agree; what fell by 12 changed by −12, and not by +12."""
    first, second = _values(one, other)
    if math.isclose(first, second, rel_tol=1e-9):
        return {one.change, other.change} != {"up", "down"}
    return math.isclose(first, -second, rel_tol=1e-9) and max(one, other, key=lambda item: item.value).change == "down"


def _several_agree(one: Quantity, other: Quantity) -> bool:
    """Tell whether 300 bears out 数百, and 数百 'more than 100'; 数百 bears out no figure."""
    first, second = _values(one, other)
    if one.bound == other.bound == "several":
        return math.isclose(first, second)
    if one.bound == "several":
        return other.bound != "less" and first < second < 10 * first
    return one.bound == "more" and first <= second
