"""Inbox: conversations as rows of agents' lists, the lists they stand in, and searching them.

What is decided of a conversation is none of its business; whoever asks says what they may see.
"""
