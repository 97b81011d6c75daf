"""What providers brought, as it is kept, and how their accounts are."""
