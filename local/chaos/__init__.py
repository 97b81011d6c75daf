"""`make chaos`: a loaded desk on a failing wire, and whether it kept its promises."""
