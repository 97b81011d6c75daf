"""Who is told of what happens: connections of agents, systems of the business, the feed."""
