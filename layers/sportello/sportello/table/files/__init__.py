"""What became of files, and the links to them."""
