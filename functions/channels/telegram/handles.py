"""How Telegram names a customer: by the private chat with the bot."""

HANDLE = "telegram:"
