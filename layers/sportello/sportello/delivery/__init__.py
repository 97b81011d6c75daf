"""How a message of ours leaves through a channel: claimed once, sent once, settled honestly.

What the provider wants to be called with is known by the channel's own folder.
"""
