"""`python -m benchmarks [name ...]`: each bench ends by itself and stays on this machine.

Every figure stands beside a baseline of the same run, so that a busy or slow machine moves both.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import uvloop

from benchmarks.lab import ROOT, Lab, Options
from benchmarks.registry import BENCHES, UnknownBenchError, chosen
from benchmarks.report import Report

PAGE = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- last run -->\n", "<!-- end of last run -->"


def main() -> int:
    """Run what the command line names; return 1 when a target is missed."""
    asked = _arguments()
    try:
        benches = chosen(asked.names)
    except UnknownBenchError as error:
        sys.exit(str(error))
    options = Options(pin=not asked.no_pin)
    reports: list[Report] = []

    async def run() -> None:
        async with Lab(options) as lab:
            for bench in benches:
                print(f"… {bench.about}", flush=True)
                began = time.perf_counter()
                report = await bench.run(lab)
                reports.append(report)
                took = time.perf_counter() - began
                print(f"\n{report.text()}\n\n({took:.0f} s)\n", flush=True)

    began = time.perf_counter()
    before = os.getloadavg()[0]
    uvloop.run(run())
    missed = [each for report in reports for each in report.missed]
    verdict = f"Missed: {'; '.join(missed)}." if missed else "Every target is met."
    how = (
        f"{time.perf_counter() - began:.0f} s on {os.cpu_count()} processors;"
        f" load before {before:.1f}, after {os.getloadavg()[0]:.1f}."
    )
    print(f"{verdict} {how}")
    if asked.write:
        write(PAGE, reports, how)
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    names = "\n".join(f"  {bench.name:18} {bench.about}" for bench in BENCHES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{__doc__}\n\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="which; all of them when none is named")
    parser.add_argument("--no-pin", action="store_true", help="leave processors to the system")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    return parser.parse_args()


def write(page: Path, reports: Sequence[Report], how: str) -> None:
    """Put the tables between the two marks of the page; those of other benches stay.

    Args:
        page: where the marks are.
        reports: of this run.
        how: how long the run took, and what else ran; stands under each of its tables.
    """
    head, _, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    block, _, tail = rest.partition(_END)
    tables = dict(_titled(f"### {table}") for table in block.split("### ")[1:])
    tables |= dict(_titled(f"{report.text().strip()}\n\nRun: {how}") for report in reports)
    text = "\n\n".join(tables.values())
    page.write_text(f"{head}{_BEGIN}\n{text}\n\n{_END}{tail}", encoding="utf-8")


def _titled(table: str) -> tuple[str, str]:
    return table.partition("\n")[0], table.strip()


if __name__ == "__main__":
    sys.exit(main())
