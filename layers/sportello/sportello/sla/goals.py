"""What service is measured by: a threshold, a share, what becomes of those who gave up. Pure."""

from enum import StrEnum

from pydantic import Field

from sportello.model import Model


class ServiceLevelDefinition(StrEnum):
    """What becomes of those who gave up; a short abandon is one within the threshold.

    `answered_only` leaves them all out, `strict` counts each as not served,
    `short_abandons_excluded` leaves the short ones out, `short_abandons_as_served` counts these
    as served in time.
    """

    ANSWERED_ONLY = "answered_only"
    STRICT = "strict"
    SHORT_ABANDONS_EXCLUDED = "short_abandons_excluded"
    SHORT_ABANDONS_AS_SERVED = "short_abandons_as_served"


class ServiceLevelGoal(Model):
    """What service is measured by: "80 % within 20 s", under one definition.

    `goal` is a share; None measures without judging. Who gave up within `short_abandon_seconds`
    is left out of the abandon rate; None leaves nobody out.
    """

    definition: ServiceLevelDefinition = ServiceLevelDefinition.STRICT
    threshold_seconds: int = Field(ge=1, le=31_536_000)
    goal: float | None = Field(default=None, ge=0, le=1)
    short_abandon_seconds: int | None = Field(default=None, ge=0, le=31_536_000)

    def but(
        self,
        *,
        definition: ServiceLevelDefinition | None = None,
        threshold_seconds: int | None = None,
        goal: float | None = None,
        short_abandon_seconds: int | None = None,
    ) -> "ServiceLevelGoal":
        """Return it with what is given changed.

        A goal was set for one definition and one threshold: with another of either, there is
        none unless it is given.
        """
        stands = definition in {None, self.definition} and (
            threshold_seconds in {None, self.threshold_seconds}
        )
        return ServiceLevelGoal(
            definition=definition or self.definition,
            threshold_seconds=threshold_seconds or self.threshold_seconds,
            goal=self.goal if goal is None and stands else goal,
            short_abandon_seconds=self.short_abandon_seconds
            if short_abandon_seconds is None
            else short_abandon_seconds,
        )
