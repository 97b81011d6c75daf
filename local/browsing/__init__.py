"""What a browser in front of the laptop cloud needs: itself, its line, the headers of a page."""
