"""How MiniStack's sign-in differs: a token that was refreshed has lost its person's groups."""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

from importlib import import_module
from typing import Any

# Imported by name: the package lives in the emulator's virtual environment only.
cognito: Any = import_module("ministack.services.cognito")

REFRESHED = "TokenGeneration_RefreshTokens"


def install() -> None:
    keep_groups_when_refreshed()


def keep_groups_when_refreshed() -> None:
    """Cognito reads groups anew for each token; MiniStack leaves them out of refreshed ones."""
    make_token = cognito._fake_token

    def make_with_groups(
        sub: str, pool_id: str, client_id: str, kind: str, username: str = "", **others: Any
    ) -> Any:
        if others.get("trigger_source") == REFRESHED and not others.get("groups"):
            user = cognito._get_pool_unscoped(pool_id)["_users"].get(username, {})
            others["groups"] = user.get("_groups", [])
        return make_token(sub, pool_id, client_id, kind, username=username, **others)

    cognito._fake_token = make_with_groups
