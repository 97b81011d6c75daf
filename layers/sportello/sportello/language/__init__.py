"""Which language a customer writes in, and what Sportello says in it.

Words, phrases and texts are data, a folder for each language. What is said when is left to others.
"""
