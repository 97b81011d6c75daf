"""The policies a business holds itself to, as a settings document. Pure."""

from typing import Self

from pydantic import Field, model_validator

from sportello.settings_document import SettingsDocument
from sportello.sla.policies import PRESETS, Circumstances, SlaPolicy


class SlaSettings(SettingsDocument):
    """The first policy that fits a conversation is the one that holds."""

    kind = "sla_policies"
    times_clocks = True
    policies: tuple[SlaPolicy, ...] = Field(default=PRESETS, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _last_fits_all(self) -> Self:
        if not self.policies[-1].fits_all:
            raise ValueError("the last policy must fit all, so that every conversation has one")
        names = [policy.name for policy in self.policies]
        if len(set(names)) < len(names):
            raise ValueError("two policies have the same name")
        return self

    def policy_for(self, circumstances: Circumstances) -> SlaPolicy:
        return next(policy for policy in self.policies if policy.fits(circumstances))
