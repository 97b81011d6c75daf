"""Live: agents' connections, and what is pushed to them. The table stays the truth."""
