"""`jigi flows`: check, draw and play the conversations."""

import asyncio
import sys
from pathlib import Path

from cyclopts import App

from bot import bootstrap
from bot.cli.playing import play_flow
from flows.language.checking import check_flows
from flows.language.drawing import draw_flow

app = App(name="flows", help="Check, draw and play the conversations.")


@app.command
def check() -> None:
    """Say what is wrong with the flows; exit with 1 when anything is."""
    reading = bootstrap.read_flow_files()
    issues = [str(issue) for issue in check_flows(reading, bootstrap.LOOK_UPS)]
    issues += bootstrap.catalogue_problems()
    for issue in issues:
        print(issue)
    if issues:
        sys.exit(1)
    print(f"{len(reading.library.flows)} flows, nothing to mend.")


@app.command
def draw(flow: str | None = None, *, to: Path | None = None) -> None:
    """Print flows as Mermaid drawings.

    Args:
        flow: which one; all when none is named.
        to: a directory to write one file per flow into.
    """
    library = bootstrap.read_flow_files().library
    names = [flow] if flow else sorted(library.flows)
    for name in names:
        if name not in library.flows:
            print(f"There is no flow called {name}.", file=sys.stderr)
            sys.exit(2)
        drawing = draw_flow(library.flows[name])
        if to is None:
            print(f"%% {name}\n{drawing}")
        else:
            to.mkdir(parents=True, exist_ok=True)
            (to / f"{name}.mmd").write_text(drawing, encoding="utf-8")


@app.command
def play(flow: str, *, language: str = "fr") -> None:
    """Hold a conversation in the terminal: type a button's number, or words.

    Args:
        flow: where to begin, such as `find_help`.
        language: fr or bm.
    """
    asyncio.run(play_flow(flow, language))
