"""Pages that browsers are given, and how they are put together."""
