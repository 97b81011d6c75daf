"""The conversation as a decider: state, commands, events, effects, and who may speak.

`decide` is the way in. Pure: time and terms of service are arguments, and what a decision leads
to is written by the table and carried out by dispatch.
"""
