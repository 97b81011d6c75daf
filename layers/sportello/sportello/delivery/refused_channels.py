"""That a channel takes no message until somebody has acted: counted and said at the first one."""

from datetime import datetime

from sportello.aws.logs import Metric, count, logger
from sportello.messaging.channel_faults import REMEDIES, ChannelFault
from sportello.table.inbound.channel_table import ChannelTable


def tell_operators(
    channels: ChannelTable,
    channel: str,
    account_id: str,
    fault: ChannelFault,
    error_code: str,
    now: datetime,
) -> None:
    if channels.note_refusal(channel, account_id, fault, error_code, now):
        count(Metric.CONFIGURATION_REFUSED, channel)
        logger.error(
            "channel refuses",
            channel=channel,
            fault=fault.value,
            error_code=error_code,
            to_do=REMEDIES[fault],
        )


def fault_in(error_code: str) -> ChannelFault | None:
    """Return the fault that an outcome `<word>:<number>` tells of, if an operator can cure it."""
    word = error_code.partition(":")[0]
    return ChannelFault(word) if word in ChannelFault else None
