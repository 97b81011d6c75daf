"""Composing: what helps agents to write, and what is wrong with what they wrote."""
