"""Agents: who there is, who is at work, how they are reached, how a conversation comes to them."""
