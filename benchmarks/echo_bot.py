"""The baseline: a bare python-telegram-bot echo bot, with everything as it comes.

Run as a process: `python -m benchmarks.echo_bot BASE_URL TOKEN`.
"""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Send back what was written."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main(base_url: str, token: str) -> None:
    """Answer until told to stop."""
    bot = Application.builder().token(token).base_url(base_url).build()
    bot.add_handler(MessageHandler(filters.TEXT, echo))
    bot.run_polling()


if __name__ == "__main__":
    main(*sys.argv[1:])
