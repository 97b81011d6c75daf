"""WhatsApp Business Platform, Cloud API."""

from channels.whatsapp.adapter import adapter, deliver, receive

__all__ = ["adapter", "deliver", "receive"]
