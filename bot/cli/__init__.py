"""The `jigi` command. One module per group of commands; errors are one sentence."""

import sys

from bot.cli.app import app
from bot.settings import SettingsError


def main() -> None:
    """Run the command line and exit with its status."""
    try:
        app()
    except SettingsError as error:
        print(error.sentence, file=sys.stderr)
        sys.exit(2)
