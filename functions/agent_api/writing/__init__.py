"""What people write to customers: drafts, files, replies, macros, and other ways to reach them."""
