"""How people answer an offer where they were rung, without signing in at the desk."""
