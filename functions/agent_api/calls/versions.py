"""What becomes of a request that is about another version than the one in force."""

from chalice.app import Request, Response

from agent_api.calls import preconditions
from agent_api.calls.preconditions import etag
from agent_api.calls.problems import Problem


def not_modified(request: Request, version: int | str) -> Response | None:
    """Answer a reader who has the version already; raises Problem for one who wants another."""
    if not preconditions.matches(request, version):
        raise version_mismatch()
    if not preconditions.is_excluded(request, version):
        return None
    return Response(body="", status_code=304, headers={"etag": etag(version)})


def refuse_other_version(request: Request, version: int | str | None) -> None:
    """Hold the version in force against what the request says of it, if it does."""
    if not preconditions.matches(request, version) or preconditions.is_excluded(request, version):
        raise version_mismatch()


def version_mismatch() -> Problem:
    return Problem(412, "version-mismatch", "Read it again, then decide.")
