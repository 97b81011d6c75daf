"""`make bench`: what the bundle costs, each time as a ratio to a floor measured in the same run.

It is an instrument and no test: it says what it measured and always ends well.
"""
