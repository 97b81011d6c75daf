"""Answers that did not arrive: what is open again, and who hears of it. Pure."""
