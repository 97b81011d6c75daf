"""Clocks and the policies they run under: targets, warnings, goals.

It knows what an instant makes of a clock. When one starts, pauses or ends is the conversation's.
"""
