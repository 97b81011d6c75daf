"""When one agent has declined, the next one is asked within the same call."""

from datetime import datetime

from sportello.aws.logs import logger
from sportello.entrypoints import runtime
