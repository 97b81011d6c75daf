"""How a conversation comes to people: queues, ladders, offers, who is shown it. Pure."""
