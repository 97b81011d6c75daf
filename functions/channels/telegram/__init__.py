"""Telegram Bot API."""

from channels.telegram.adapter import adapter, deliver, receive

__all__ = ["adapter", "deliver", "receive"]
