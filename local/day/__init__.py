"""A day of three agents who work through the API and the socket alone."""
