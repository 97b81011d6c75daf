"""Conversations: their stories and clocks, whose they are, what is noted about them.

What is written to customers is in `writing`.
"""
