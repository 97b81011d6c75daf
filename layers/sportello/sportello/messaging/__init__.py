"""What comes in and goes out of any channel, and the port that a channel implements.

Items, delivery statuses, text splitting, the names of conversations, safe calls to the outside. It
knows no conversation: who may speak, and when, is decided elsewhere.
"""
