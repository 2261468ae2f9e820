"""The Telegram edge, the conversation driver, the wiring and the `jigi` command."""
