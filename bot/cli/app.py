"""All commands together."""

from cyclopts import App

from bot.cli import (
    content,
    database,
    demo,
    directory,
    flows,
    language,
    serving,
    telegram,
    translations,
)

app = App(
    name="jigi",
    help="Jigi: a Telegram assistant in French and Bambara that leads people to services.",
    version_flags=(),
)
app.command(serving.serve)
app.command(demo.demo)
app.command(database.app)
app.command(directory.app)
app.command(language.app)
app.command(flows.app)
app.command(content.app)
app.command(translations.app)
app.command(telegram.app)
app.command(database.retention_app)
app.command(serving.doctor)
