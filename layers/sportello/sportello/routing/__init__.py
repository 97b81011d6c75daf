"""Agents, their presence and load; which queue a matter belongs to, and which person. Pure."""
