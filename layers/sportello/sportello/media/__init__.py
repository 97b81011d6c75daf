"""Media: which files are taken, what they really are, and where they are kept.

It knows no conversation and no table: a file is a name, some bytes and what was found in them.
"""
