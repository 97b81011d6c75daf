"""Carrying effects out: the only reader of the stream, the sweep behind it, changed settings.

It decides nothing; whatever it does may be done again.
"""
