"""The agent API: what people's tools call to read, take, answer and settle conversations.

One Lambda behind a REST API with a Cognito authorizer; see `docs/agent-api.md`.
"""

from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from chalice.app import Chalice, ConvertToMiddleware

from agent_api.calls.cross_origin import speak_to_any_page
from agent_api.calls.problems import speak_problems
from agent_api.calls.routing import with_route
from agent_api.conversations import (
    clocks,
    conversation,
    episodes,
    handing_on,
    media_links,
    notes,
    queues,
    setting_aside,
    tags,
)
from agent_api.documentation import openapi
from agent_api.inbox import inbox, search
from agent_api.people import agent_profiles, agents, live, me, presence, push, routing_explained
from agent_api.reporting import (
    audit_trail,
    board,
    event_schemas,
    events,
    health,
    reports,
    subscriptions,
)
from agent_api.settings import (
    closures,
    documents,
    packaged_answers,
    probes,
    settings_versions,
)
from agent_api.writing import composing, drafts, macros, other_ways, replies, templates, uploads
from sportello.aws.logs import logger
from sportello.entrypoints.initialization import prepare

app = Chalice(app_name="agent_api", configure_logs=False)

# The first registered is the outermost.
app.register_middleware(speak_to_any_page, "http")
app.register_middleware(speak_problems(app.routes), "http")
app.register_middleware(
    ConvertToMiddleware(
        logger.inject_lambda_context(
            clear_state=True, correlation_id_path=correlation_paths.API_GATEWAY_REST
        )
    ),
    "http",
)
app.register_blueprint(conversation.routes)
app.register_blueprint(replies.routes)
app.register_blueprint(templates.routes)
app.register_blueprint(uploads.routes)
app.register_blueprint(handing_on.routes)
app.register_blueprint(notes.routes)
app.register_blueprint(episodes.routes)
app.register_blueprint(drafts.routes)
app.register_blueprint(other_ways.routes)
app.register_blueprint(clocks.routes)
app.register_blueprint(media_links.routes)
app.register_blueprint(routing_explained.routes)
app.register_blueprint(setting_aside.routes)
app.register_blueprint(tags.routes)
app.register_blueprint(composing.routes)
app.register_blueprint(macros.routes)
app.register_blueprint(queues.routes)
app.register_blueprint(inbox.routes)
app.register_blueprint(search.routes)
app.register_blueprint(agents.routes)
app.register_blueprint(agent_profiles.routes)
app.register_blueprint(presence.routes)
app.register_blueprint(documents.routes)
app.register_blueprint(settings_versions.routes)
app.register_blueprint(closures.routes)
app.register_blueprint(packaged_answers.routes)
app.register_blueprint(probes.routes)
app.register_blueprint(board.routes)
app.register_blueprint(reports.routes)
app.register_blueprint(health.routes)
app.register_blueprint(audit_trail.routes)
app.register_blueprint(push.routes)
app.register_blueprint(me.routes)
app.register_blueprint(openapi.routes)
app.register_blueprint(live.routes)
app.register_blueprint(events.routes)
app.register_blueprint(event_schemas.routes)
app.register_blueprint(subscriptions.routes)
prepare("dynamodb")


def handler(event: dict[str, Any], context: object) -> Any:
    return app(with_route(event, app.routes), context)
