"""How people are rung where they are, in words, and how they answer from there."""
