"""The description of this API for programs, made from what its routes declare."""
