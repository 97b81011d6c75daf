"""Sportello's domain: conversations, clocks, triage, and the edges they need."""
