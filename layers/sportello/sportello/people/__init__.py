"""People: handing a conversation to them, ringing them, and what the customer hears meanwhile.

Who may speak is decided in the conversation; how an endpoint is rung is known by its notifier.
"""
