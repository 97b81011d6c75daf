"""Writes the packaged holiday data: `python -m tools.holidays.freeze`."""
