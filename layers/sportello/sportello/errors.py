"""Every error Sportello raises on purpose, grouped by who must act; messages hold nothing personal.

- SportelloError
  - Retryable: the platform tries again (SQS redelivers, Step Functions retries)
    - StorageBusy: too many writers met on one conversation
    - SecretsUnavailable: Secrets Manager could not be asked
    - ProviderUnavailable: the provider answered, and said it did not take the message
    - LaterVersionNeeded: what was read can only be dealt with by a later version of the code
    - ConfigurationRefused: the provider takes nothing until an operator has acted
    - NotScanned, of `media/scanning.py`: nobody knows whether a file is clean
  - Rejected: nobody tries again; the caller is told, or the fact is recorded
    - Unauthenticated: a webhook call that is not the provider's
    - MalformedPayload: a genuine payload, or a part of it, that cannot be read
    - ConversationNotFound
    - NotAllowed: the conversation's owner or state forbids the command
      - UnseenMessage: the customer has written what the asker has not seen
      - ColleagueReplied: somebody else has answered what the asker has not seen
      - TagsChangedMeanwhile: the tags are no longer those that were seen
    - IdempotencyKeyReused: one key, two different requests
    - EndpointGone: an agent endpoint says that it is gone for good
    - NobodyThere: nobody is at an agent endpoint just now, which is no fault of it
    - FileNotKept: a file of a message is not where it was kept
    - FileRefused, of `media/limits.py`: a file that is not taken
    - UploadRefused, of `delivery/uploads.py`: a file that no reply gets
    - FileGone, FileTooLarge, of `messaging/fetching_channel.py`: a provider hands a file to nobody
    - ForbiddenUrl: an outbound address inside a private network
    - NotConfigured: a secret or setting is missing
  - UnknownTarget, NoRoom, of `people`: what is handed on has nowhere to go
  - EffectWithoutEvent, of `conversation/decision.py`: a fault of ours, others go on without it
"""


class SportelloError(Exception):
    pass


class Retryable(SportelloError):
    """Try the same thing again later; nothing has taken effect."""


class StorageBusy(Retryable):
    pass


class SecretsUnavailable(Retryable):
    pass


class ProviderUnavailable(Retryable):
    """The provider did not take the message.

    `retry_after_seconds` is the provider's own wish, where it gave one.
    """

    def __init__(self, message: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class LaterVersionNeeded(Retryable):
    """During a deployment the next attempt meets it, after a rollback only the next deployment."""


class ConfigurationRefused(Retryable):
    """The provider took nothing, and will take nothing until an operator has acted.

    `fault` is a `ChannelFault`, the stable word for what it is; `error_code` is the provider's.
    """

    def __init__(self, fault: str, error_code: str) -> None:
        super().__init__(f"the channel refuses: {fault} ({error_code})")
        self.fault = fault
        self.error_code = error_code


class Rejected(SportelloError):
    """Trying the same thing again cannot help."""


class Unauthenticated(Rejected):
    pass


class MalformedPayload(Rejected):
    pass


class ConversationNotFound(Rejected):
    pass


class NotAllowed(Rejected):
    pass


class UnseenMessage(NotAllowed):
    """`numbers` are where the messages stand in the log, as far as they are remembered."""

    def __init__(self, numbers: tuple[int, ...]) -> None:
        super().__init__("the customer has written since")
        self.numbers = numbers


class ColleagueReplied(NotAllowed):
    """`effect_keys` name what was written."""

    def __init__(self, effect_keys: tuple[str, ...]) -> None:
        super().__init__("somebody else has answered since")
        self.effect_keys = effect_keys


class TagsChangedMeanwhile(NotAllowed):
    def __init__(self) -> None:
        super().__init__("the tags have changed since")


class IdempotencyKeyReused(Rejected):
    pass


class EndpointGone(Rejected):
    pass


class NobodyThere(Rejected):
    pass


class FileNotKept(Rejected):
    pass


class ForbiddenUrl(Rejected):
    pass


class NotConfigured(Rejected):
    pass
