"""What Slack calls when somebody presses a button: the offer is answered, and they are told.

Slack waits three seconds and shows an error to whoever pressed if it gets no 200 within them:
docs.slack.dev/interactivity/handling-user-interaction.
"""

NAME = "slack"
REPLY_SECONDS = 1.0
"""For telling whoever pressed: what remains of Slack's three after a function that had to start."""
