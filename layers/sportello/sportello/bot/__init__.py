"""What answers a customer by itself: triage, frequent questions, and the way out to a person.

It answers what it is sure of and hands over the rest; it knows no channel and no agent.
"""
