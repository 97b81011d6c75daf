"""What every call has: who it is by and what they may, what it carries, how it is refused.

It knows no resource: a route is declared with it.
"""
