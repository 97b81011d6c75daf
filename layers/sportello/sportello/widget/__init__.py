"""The chat widget of a business's sites: where it may be embedded, how it looks, what it says.

Pure. What customers write in it comes in as from any channel.
"""
