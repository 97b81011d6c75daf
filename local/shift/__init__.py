"""`make shift`: a shift of eight agents in the local cloud, and whether everybody was found."""
