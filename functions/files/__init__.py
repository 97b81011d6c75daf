"""What customers fetch of us: files that their channel does not carry."""
