"""`jigi nlu`: what the bot would understand, training and scoring."""

import asyncio
import json
import sys
from pathlib import Path

from cyclopts import App

from bot import bootstrap
from bot.conversation.guard import Guard
from bot.settings import Settings, SettingsError
from nlu.reader import Reader
from nlu.training import TrainingError
from nlu.training import train as train_model

app = App(name="nlu", help="Language understanding.")
_ERASE = "erase_conversation"


@app.command
def parse(*, jsonl: bool = True) -> None:
    """Read one text per line on standard input, write one JSON object per line.

    Args:
        jsonl: the form of the output; the only one.
    """
    del jsonl  # named in the contract; there is no other form
    asyncio.run(_parse())


async def _parse() -> None:
    reader = bootstrap.build_reader(Settings.read())
    guard = bootstrap.build_guard()
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a text stream at the command line
    for line in sys.stdin:
        parsed = await parse_text(line.removesuffix("\n").removesuffix("\r"), reader, guard)
        print(json.dumps(parsed, ensure_ascii=False), flush=True)


async def parse_text(text: str, reader: Reader, guard: Guard) -> dict[str, object]:
    """Return what the deployed bot would understand of `text`, in the contract's form."""
    understood = await reader.understand(text)
    ranking = [{"name": each.name, "confidence": each.confidence} for each in understood.ranking]
    return {
        "text": text,
        "language": understood.text_language,
        "intent": ranking[0] if ranking else None,
        "intent_ranking": ranking,
        "guard": _ERASE if guard.leaves(text) else understood.crisis,
    }


@app.command
def train() -> None:
    """Train with Rasa and write the committed archive."""
    try:
        print(train_model())
    except TrainingError as error:
        raise SettingsError(f"Training failed: {error.reason}.") from None


@app.command
def evaluate(file: Path) -> None:
    """Score a TSV file with the columns text and intent.

    Args:
        file: also read: the columns language and style, where there are any.
    """
    from nlu.evaluation import evaluate_file  # noqa: PLC0415  # slow to import, and only needed here

    print(evaluate_file(bootstrap.readable(file)))
