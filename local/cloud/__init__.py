"""The laptop cloud: an AWS emulator, the real template deployed into it, and looks from outside."""
