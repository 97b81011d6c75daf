"""Puts the page that people work in where it is served from, while the stack is deployed."""
