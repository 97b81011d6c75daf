"""What channels of Meta share."""
