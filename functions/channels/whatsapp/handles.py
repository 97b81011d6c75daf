"""How WhatsApp names a customer: by phone number, or by an id of its own for this business."""

PHONE_HANDLE = "whatsapp:"
USER_HANDLE = "whatsapp_user:"
