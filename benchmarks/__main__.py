"""`python -m benchmarks [name ...]`: each bench ends by itself and stays on this machine.

Every figure stands beside a baseline of the same run, so that a busy or slow machine moves both.
"""

import argparse
import os
import sys
import time
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
    options = Options(large=asked.large, pin=not asked.no_pin)
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
    last = (
        f"{verdict} {time.perf_counter() - began:.0f} s on {os.cpu_count()} processors;"
        f" load before {before:.1f}, after {os.getloadavg()[0]:.1f}."
    )
    print(last)
    if asked.write:
        _write(PAGE, "\n\n".join([last, *(report.text() for report in reports)]))
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    names = "\n".join(f"  {bench.name:18} {bench.about}" for bench in BENCHES)
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=f"{__doc__}\n\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="which; all of them when none is named")
    parser.add_argument("--large", action="store_true", help="100,000 services too")
    parser.add_argument("--no-pin", action="store_true", help="leave processors to the system")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/")
    return parser.parse_args()


def _write(page: Path, text: str) -> None:
    """Replace what stands between the two marks of the page."""
    head, _, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    tail = rest.partition(_END)[2]
    page.write_text(f"{head}{_BEGIN}\n{text}\n\n{_END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
