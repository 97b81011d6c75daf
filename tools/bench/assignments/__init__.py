"""What bringing a conversation to an agent costs, however many wait and however many work."""
