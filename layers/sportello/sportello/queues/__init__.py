"""Queues, the waits that ended in them, positions and the expected wait.

Pure models and estimates; where waits are kept is the table's, what is said of them people's.
"""
