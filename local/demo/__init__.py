"""`make demo`: the whole story on this machine, in one run, with a verdict."""
