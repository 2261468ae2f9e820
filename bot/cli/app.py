"""All commands together; each is imported only when it is run, so that `serve` stays small."""

from cyclopts import App

app = App(
    name="jigi",
    help="Jigi: a Telegram assistant in French and Bambara that leads people to services.",
    version_flags=(),
)
_COMMANDS = (
    (
        "serve",
        "bot.cli.serving:serve",
        "Answer on Telegram: long polling, or a webhook where JIGI_WEBHOOK_URL is set.",
    ),
    (
        "demo",
        "bot.cli.demo:demo",
        "Open the assistant as a chat in the browser; what nobody verified is shown, marked.",
    ),
    ("console", "bot.cli.console:console", "Open the staff console on JIGI_CONSOLE_PORT."),
    ("staff", "bot.cli.staff:app", "The accounts of the staff console."),
    ("db", "bot.cli.database:app", "The database."),
    ("directory", "bot.cli.directory:app", "The directory of services."),
    ("gatherings", "bot.cli.gatherings:app", "The events one registers for: JIF, JPO, others."),
    ("registrations", "bot.cli.registrations:app", "Registrations for gatherings, and the door."),
    ("nlu", "bot.cli.language:app", "Language understanding."),
    ("flows", "bot.cli.flows:app", "Check, draw and play the conversations."),
    ("content", "bot.cli.content:app", "The guidance articles: what is wrong, what is unreviewed."),
    ("i18n", "bot.cli.translations:app", "The catalogues: what is translated, signed, wrong."),
    ("telegram", "bot.cli.telegram:app", "The bot's own page in Telegram."),
    ("keys", "bot.cli.keeping:keys_app", "The keys that seal what is kept."),
    ("audit", "bot.cli.keeping:audit_app", "The log of what staff changed."),
    ("figures", "bot.cli.figures:figures", "What was asked for, week by week, of nobody."),
    ("retention", "bot.cli.database:retention_app", "What is held, and until when."),
    (
        "doctor",
        "bot.cli.serving:doctor",
        "Say what is open before going live; exit with 1 when anything is.",
    ),
)
for _name, _where, _help in _COMMANDS:
    app.command(_where, name=_name, help=_help)
