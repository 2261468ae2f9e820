"""The conversation: guard, understanding, flow, look-ups. Knows no Telegram and no database."""
