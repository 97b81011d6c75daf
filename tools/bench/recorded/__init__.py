"""Journeys in the one-process cloud, with a tape of each call that a function makes.

They tell what functions ask for, and they are played again on the wire while time is taken.
"""
