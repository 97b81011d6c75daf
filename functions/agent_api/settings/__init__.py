"""Settings: documents read and replaced, their versions, and what is judged before one is kept."""
