"""What runs beneath the desk: clients, secrets, environment, retries, logs and metric names.

It knows AWS and no word of the domain; what a commit counts is the table's to say.
"""
