"""From a webhook call to the conversation: proven, kept once, applied once.

What a payload means is known by its channel, what follows from it by the conversation.
"""
