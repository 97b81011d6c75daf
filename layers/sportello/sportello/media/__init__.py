"""Files that customers and agents send: what is taken, where it is kept, how it is handed out.

It knows no conversation and no table: a file is a name, some bytes and what was found in them.
"""
