"""Files for replies: an agent's browser puts them into the bucket itself, by a form of minutes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from chalice.app import Blueprint, Request, Response
from pydantic import Field, StringConstraints

from agent_api.calls.identity import Agent
from agent_api.calls.permissions import Permission
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import read_body
from agent_api.calls.route_declaration import answer_with, route
from agent_api.calls.scope import require_theirs
from agent_api.conversations.conversation import checked
from sportello.delivery.uploads import USABLE, Uploads
from sportello.entrypoints import runtime
from sportello.media.limits import TYPES
from sportello.media.links import shown_name
from sportello.model import Instant, Model
from sportello.table.files.upload_table import Upload

routes = Blueprint(__name__)


class NewUpload(Model):
    """What the file is; what is put there has to be just that, or no reply takes it."""

    file_name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)
    ]
    mime_type: str = Field(max_length=128, json_schema_extra={"enum": list(TYPES)})
    size_bytes: int = Field(gt=0)
    sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""


class UploadSlot(Model):
    """Post `fields` and then the file, as the field `file`, to `url` until `expires_at`.

    A reply takes the file by its `media_id` until `usable_until`.
    """

    media_id: str
    url: str
    fields: Mapping[str, str]
    expires_at: Instant
    usable_until: Instant


@route(
    routes,
    "POST",
    "/conversations/{conversation_id}/uploads",
    Permission.WORK_CONVERSATIONS,
    body=NewUpload,
    answers={201: UploadSlot},
)
def begin_upload(request: Request, agent: Agent, conversation_id: str) -> Response:
    checked(conversation_id)
    body = read_body(request, NewUpload)
    _check_type(body)
    conversation = require_theirs(agent, runtime.table().load_going_on(conversation_id))
    now = runtime.utc_now()
    upload = Upload(
        agent_id=agent.id,
        file_name=shown_name(body.file_name, body.mime_type),
        mime_type=body.mime_type,
        size_bytes=body.size_bytes,
        sha256=body.sha256,
        usable_until=now + USABLE,
    )
    uploads = Uploads(runtime.table(), runtime.media_store())
    name, form = uploads.begin(conversation.conversation_id, upload, now)
    slot = UploadSlot(media_id=name.media_id, usable_until=upload.usable_until, **dict(form))
    return answer_with(slot, status=HTTPStatus.CREATED)


def _check_type(body: NewUpload) -> None:
    file_type = TYPES.get(body.mime_type)
    if file_type is None:
        fault = Fault(pointer="/mime_type", detail=f"One of {', '.join(TYPES)}.")
    elif body.size_bytes > file_type.most_bytes:
        detail = f"At most {file_type.most_bytes} bytes of this type."
        fault = Fault(pointer="/size_bytes", detail=detail)
    else:
        return
    raise invalid(fault)
