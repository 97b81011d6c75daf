"""Subscriptions: a business's own systems are told of events, until they have taken them."""
