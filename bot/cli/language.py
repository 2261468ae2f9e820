"""`jigi nlu`: what the bot would understand, training and scoring."""

import asyncio
import json
import sys
from pathlib import Path

from cyclopts import App

from bot import bootstrap
from bot.cli.leading import Leading
from bot.conversation.guard import Guard
from bot.settings import Settings, SettingsError
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
    leading, guard = _leading(), bootstrap.build_guard()
    sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]  # a text stream at the command line
    for line in sys.stdin:
        parsed = await parse_text(line.removesuffix("\n").removesuffix("\r"), leading, guard)
        print(json.dumps(parsed, ensure_ascii=False), flush=True)


def _leading() -> Leading:
    return Leading(
        bootstrap.build_reader(Settings.read()),
        bootstrap.read_destination_table(),
        bootstrap.read_thresholds(),
    )


async def parse_text(text: str, leading: Leading, guard: Guard) -> dict[str, object]:
    """Return what the deployed bot would understand of `text`, in the contract's form."""
    understood = await leading.reader.understand(text)
    ranking = [{"name": each.name, "confidence": each.confidence} for each in understood.ranking]
    return {
        "text": text,
        "language": understood.text_language,
        "intent": ranking[0] if ranking else None,
        "intent_ranking": ranking,
        "guard": _ERASE if guard.leaves(text) else leading.crisis(understood),
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
    from nlu.evaluation import evaluate_file, read_rows  # noqa: PLC0415  # slow, only needed here

    print(evaluate_file(bootstrap.readable(file)))
    score = asyncio.run(_leading().score(read_rows(file)))
    print(f"\nWhat the bot does, thresholds and crisis lexicon included:\n{score.as_text()}")
