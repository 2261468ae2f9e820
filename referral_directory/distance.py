"""How far two points on the Earth are from each other."""

from math import asin, cos, hypot, radians, sin, sqrt

_EARTH_RADIUS_KM = 6371.009  # the mean radius of the International Union of Geodesy and Geophysics

type Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def great_circle_km(one: Point, other: Point) -> float:
    """Return the great-circle distance in kilometres, by the haversine formula."""
    (north, east), (other_north, other_east) = one, other
    half_north = sin(radians(other_north - north) / 2)
    half_east = sin(radians(other_east - east) / 2)
    around = sqrt(cos(radians(north)) * cos(radians(other_north))) * half_east
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, hypot(half_north, around)))
