"""What people do with a conversation besides answering it. Pure."""
