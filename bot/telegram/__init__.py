"""The Telegram edge: updates in, Bot API calls out. Nothing else knows Telegram."""
