"""The laptop cloud: the real template on an AWS emulator, with stand-ins for the providers."""
