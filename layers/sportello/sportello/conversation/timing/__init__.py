"""Clocks, timers, promises, and waits that were announced or are over. Pure."""
