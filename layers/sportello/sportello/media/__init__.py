"""Media: which files are taken, what they really are, and where they are kept."""
