"""The kinds of settings documents there are, and what they take from one another.

Each document belongs to the room whose rules it holds; here they are only listed and linked.
"""
