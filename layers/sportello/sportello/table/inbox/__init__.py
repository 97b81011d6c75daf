"""Where conversations stand in lists of agents, and by which words they are found."""
