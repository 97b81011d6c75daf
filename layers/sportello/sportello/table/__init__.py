"""The one table: its items, reads, writes, and the one write path of every conversation.

Nothing else talks to DynamoDB. What is decided is left to the conversation.
"""
