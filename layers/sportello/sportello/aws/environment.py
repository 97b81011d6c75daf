"""What an entry point needs from its environment, as a model checked on first use."""

import os
from typing import Self, cast

from pydantic import BaseModel, ConfigDict


class Environment(BaseModel):
    """Fields are read from variables of the same name in upper case.

    A template test compares the fields of every subclass with the variables that
    `template.yaml` gives to the functions using it.
    """

    model_config = ConfigDict(
        frozen=True, extra="ignore", hide_input_in_errors=True, defer_build=True
    )

    @classmethod
    def load(cls) -> Self:
        """Read the environment once per process; raises ValidationError naming what is missing."""
        if cls not in _loaded:
            _loaded[cls] = cls.model_validate(
                {name.lower(): value for name, value in os.environ.items()}
            )
        return cast("Self", _loaded[cls])


_loaded: dict[type[Environment], Environment] = {}
