"""Stand-ins for the providers, and customers who write through them."""
