"""How MiniStack's SES differs: whoever may mail at all may do so in everybody's name."""

# ruff: noqa: SLF001 - MiniStack has no public names for these; its version is pinned.

import json
from importlib import import_module
from typing import Any

# Imported by name: these packages live in the emulator's virtual environment only.
app: Any = import_module("ministack.app")
responses: Any = import_module("ministack.core.responses")

OUTBOUND = ("POST", "/v2/email/outbound-emails")


def install() -> None:
    authorize_mails_by_sender()


def authorize_mails_by_sender() -> None:
    """A mail is allowed by the identity it is from; MiniStack sees no resource in the call."""
    enforce = app._enforce_ses_v2

    def by_sender(
        method: str, path: str, headers: Any, body: bytes, query: Any, request_id: str
    ) -> Any:
        if not app.AUTH or (method, path) != OUTBOUND:
            return enforce(method, path, headers, body, query, request_id)
        sender = json.loads(body or b"{}").get("FromEmailAddress", "")
        region, account = app.extract_region(headers, query), responses.get_account_id()
        identity = f"arn:aws:ses:{region}:{account}:identity/{sender}"
        return app._enforce_data_plane(
            "sesv2",
            "ses:SendEmail",
            headers,
            query,
            request_id,
            resource_arn=identity,
            named_resource=identity,
            service_context={"ses:FromAddress": sender},
        )

    app._enforce_ses_v2 = by_sender
