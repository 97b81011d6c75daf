"""Files that customers sent: fetched after their message is recorded, and never in its way."""
