"""Agents' browsers: how API Gateway tells of their connections, and what is pushed to them."""
