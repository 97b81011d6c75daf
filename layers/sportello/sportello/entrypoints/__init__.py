"""How AWS calls Sportello: handlers made of the other rooms, and what a process keeps.

No rule is here.
"""
