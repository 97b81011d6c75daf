"""Who gets whom: the seats of agents, the line of customers, and the choice between them."""
