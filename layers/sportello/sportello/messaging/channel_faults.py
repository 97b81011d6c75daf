"""Why a channel refuses everything until an operator has acted, and what cures it."""

from collections.abc import Mapping
from enum import StrEnum


class ChannelFault(StrEnum):
    """A word for people and programs, which stays as it is."""

    SECRET = "secret"  # noqa: S105 -- a word, no password
    TOKEN = "token"  # noqa: S105 -- likewise
    PERMISSION = "permission"
    PAYMENT = "payment"
    RESTRICTED = "restricted"
    SENDING_LIMIT = "sending_limit"
    DISPLAY_NAME = "display_name"
    REGISTRATION = "registration"
    ACCOUNT = "account"
    ADDRESS = "address"


REMEDIES: Mapping[ChannelFault, str] = {
    ChannelFault.SECRET: "write the channel's secret in Secrets Manager, whole and as JSON",
    ChannelFault.TOKEN: "make a new access token at the provider and write it into the secret",
    ChannelFault.PERMISSION: "give the app and its token the permission to send messages again",
    ChannelFault.PAYMENT: "see to the account's means of payment at the provider",
    ChannelFault.RESTRICTED: "see at the provider why the account is restricted, and appeal",
    ChannelFault.SENDING_LIMIT: "see at the provider why customers block or report the account",
    ChannelFault.DISPLAY_NAME: "have the display name approved at the provider",
    ChannelFault.REGISTRATION: "register and verify the account's number at the provider",
    ChannelFault.ACCOUNT: "write the secret of the account that customers wrote to",
    ChannelFault.ADDRESS: "correct the API's address in the stack's parameters, or the account",
}
"""What to do, in words for whoever is woken at night."""
