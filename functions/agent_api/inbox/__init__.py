"""What agents work through: lists of conversations, and searching them."""
