"""What a business does once after deploying: secrets, people, settings."""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from local.cloud.deployment import Outputs
from local.cloud.emulator import Emulator
from local.cloud.web import call_json
from local.providers.providers import WHATSAPP_VERSION

# The numbers of the recorded payloads in events/, so that those can be posted as they are.
WHATSAPP_ACCOUNT = "200300400500601"
TELEGRAM_BOT = "7000000001"


EVERY_BELL = {
    "SlackNotifier": "true",
    "TeamsNotifier": "true",
    "PushNotifier": "true",
    "SmsNotifier": "true",
    "WebSocketNotifier": "true",
    "NotifierEmailFrom": "desk@example.com",
}
"""A desk of a business deploys those that it rings; here each can be tried."""


PASSWORD = "Sportello-2026"  # noqa: S105 -- of people whom nobody but this machine knows
"""Everybody's, so that it can be typed."""


@dataclass(frozen=True)
class Person:
    email: str
    groups: tuple[str, ...]
    password: str = field(default=PASSWORD, repr=False)

    @property
    def name(self) -> str:
        return self.email.partition("@")[0]

    def credentials(self) -> dict[str, str]:
        return {"email": self.email, "password": self.password}


AGENT = Person("anna@example.org", ("agent",))
SUPERVISOR = Person("sofia@example.org", ("agent", "supervisor"))

PREVIEW_PORTS = range(8701, 8713)
"""Where `python -m local.desk_preview` may serve the desk's page while somebody works on it."""


def preview_addresses() -> list[str]:
    return [f"http://localhost:{port}/" for port in PREVIEW_PORTS]


def template_parameters(providers_url: str) -> dict[str, str]:
    return {
        "WhatsAppApiUrl": f"{providers_url}/whatsapp/{WHATSAPP_VERSION}",
        "TelegramApiUrl": f"{providers_url}/telegram",
        "SlackApiUrl": f"{providers_url}/slack/api",
        **EVERY_BELL,
        "AllowPrivateEndpoints": "true",
        "SettingsCacheSeconds": "0",
        # As in an account that may run a thousand functions at once: docs/deploying.md.
        "DispatchersPerShard": "4",
        "OutboundConcurrency": "10",
        # Two people do the work of all agents here.
        "AgentReadRateLimit": "1000",
        "AgentReadBurstLimit": "1000",
        "AgentActRateLimit": "1000",
        "AgentActBurstLimit": "1000",
        "LogLevel": "INFO",
    }


def settings(providers_url: str) -> dict[str, Any]:
    """Return the documents by kind, in the order in which they refer to each other."""
    return {
        "opening_hours": {
            "calendars": {
                "default": {
                    "time_zone": "Europe/Rome",
                    "weekly": {"mon-sun": [["00:00", "24:00"]]},
                }
            }
        },
        "agent_endpoints": {
            "endpoints": {
                name: {"notifier": "webhook", "url": f"{providers_url}/agents/{name}"}
                for name in ("front-desk", "supervisors")
            }
        },
        "queues": {
            "queues": {
                "default": {
                    "tiers": [
                        {"name": "first_line", "endpoints": ["front-desk"], "ring_seconds": 20},
                        {"name": "second_line", "endpoints": ["supervisors"], "ring_seconds": 20},
                    ],
                    "alert_endpoints": ["supervisors"],
                }
            }
        },
    }


def choose_secrets() -> dict[str, dict[str, str]]:
    return {
        "whatsapp": {
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(24),
            "access_token": secrets.token_urlsafe(48),
        },
        "telegram": {
            "secret_token": secrets.token_urlsafe(24),
            "bot_token": f"{TELEGRAM_BOT}:{secrets.token_urlsafe(26)}",
        },
        "agent_endpoints": {
            "signing_key": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        },
        "slack": {
            "bot_token": f"xoxb-{secrets.token_hex(20)}",
            "signing_secret": secrets.token_hex(16),
        },
    }


def keep_secrets(
    emulator: Emulator, outputs: Outputs, documents: dict[str, dict[str, str]]
) -> None:
    manager = emulator.client("secretsmanager")
    for name, arn in (
        ("whatsapp", outputs.whatsapp_secret),
        ("telegram", outputs.telegram_secret),
        ("agent_endpoints", outputs.agent_endpoint_secret),
        ("slack", outputs.slack_secret),
    ):
        if not arn:
            continue  # deployed on demand
        manager.put_secret_value(SecretId=arn, SecretString=json.dumps(documents[name]))


def verify_sender(emulator: Emulator) -> None:
    """Let SES send what is from the desk."""
    mails = emulator.client("sesv2")
    mails.create_email_identity(EmailIdentity=EVERY_BELL["NotifierEmailFrom"])


def engage(emulator: Emulator, outputs: Outputs, person: Person) -> None:
    """Give a person an account with a password of their own and their groups."""
    directory = emulator.client("cognito-idp")
    directory.admin_create_user(
        UserPoolId=outputs.user_pool,
        Username=person.email,
        MessageAction="SUPPRESS",
        UserAttributes=[
            {"Name": "email", "Value": person.email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    directory.admin_set_user_password(
        UserPoolId=outputs.user_pool,
        Username=person.email,
        Password=person.password,
        Permanent=True,
    )
    for group in person.groups:
        directory.admin_add_user_to_group(
            UserPoolId=outputs.user_pool, Username=person.email, GroupName=group
        )


def lead_back(emulator: Emulator, outputs: Outputs, addresses: Sequence[str]) -> None:
    """Let people come back to these addresses of the desk's page once they have signed in.

    On the laptop they are known only when it is up: a port is in them.
    """
    directory = emulator.client("cognito-idp")
    which = {"UserPoolId": outputs.user_pool, "ClientId": outputs.desk_client}
    client = directory.describe_user_pool_client(**which)["UserPoolClient"]
    # What is not said again would be as it is by default.
    said = {name: client[name] for name in client if client[name] != "" and name not in _READ_ONLY}
    directory.update_user_pool_client(
        **said | {"CallbackURLs": list(addresses), "LogoutURLs": list(addresses)}
    )


_READ_ONLY = ("CreationDate", "LastModifiedDate", "ClientSecret")


def sign_in(emulator: Emulator, outputs: Outputs, person: Person) -> str:
    """Return the token that goes into the Authorization header of the agent API."""
    answer = emulator.client("cognito-idp").initiate_auth(
        ClientId=outputs.user_pool_client,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": person.email, "PASSWORD": person.password},
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


def write_settings(agent_api_base: str, token: str, documents: dict[str, Any]) -> None:
    for kind, document in documents.items():
        put(f"{agent_api_base}/settings/{kind}", document, token)


def put(url: str, document: Any, token: str) -> None:
    """Write a document through the agent API, or raise Unexpected."""
    call_json("PUT", url, document, {"Authorization": token}).expect(200, 201, 204)


def agent_id_in(token: str) -> str:
    """Return whose token it is."""
    payload = token.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])
