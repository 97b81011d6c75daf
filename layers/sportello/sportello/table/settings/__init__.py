"""Settings documents with their versions, and who did what."""
