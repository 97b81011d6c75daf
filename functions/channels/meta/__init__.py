"""What the channels of Meta share: WhatsApp, Messenger and Instagram."""
