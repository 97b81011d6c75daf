"""A conversation as people read it: its log with what was said, and what is written beside."""
