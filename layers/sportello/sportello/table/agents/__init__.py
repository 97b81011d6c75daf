"""Agents, their seats and places, who waits for one, and how they are reached."""
