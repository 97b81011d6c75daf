"""Where MiniStack differs from AWS and Sportello would notice, put right."""
