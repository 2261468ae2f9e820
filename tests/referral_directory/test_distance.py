"""Great circles, held to values that anybody can look up."""

from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral_directory.distance import great_circle_km

BAMAKO, MOPTI, KAYES = (12.6392, -8.0029), (14.4843, -4.1830), (14.4469, -11.4445)
HALF_AROUND = pi * 6371.009
POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("one", "other", "km"),
    [
        (BAMAKO, BAMAKO, 0),
        (BAMAKO, MOPTI, 461.05),
        (BAMAKO, KAYES, 422.86),
        ((0, 0), (0, 180), HALF_AROUND),
        ((90, 0), (-90, 77), HALF_AROUND),
        ((0, 179), (0, -179), HALF_AROUND / 90),
    ],
)
def test_known_distances(one: tuple[float, float], other: tuple[float, float], km: float) -> None:
    assert great_circle_km(one, other) == pytest.approx(km, abs=0.1)


@given(one=POINTS, other=POINTS)
def test_a_distance_is_the_same_both_ways_and_never_more_than_half_around(
    one: tuple[float, float], other: tuple[float, float]
) -> None:
    there = great_circle_km(one, other)
    assert there == pytest.approx(great_circle_km(other, one), abs=1e-6)
    assert 0 <= there <= HALF_AROUND + 1e-6
