"""The addresses of agent endpoints, each judged by the notifier that is to ring it."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import Any

from pydantic import ValidationError

import notifiers
from agent_api.calls.problems import Fault, invalid
from agent_api.calls.request_parts import MAX_FAULTS, faults_of, pointer
from sportello.aws.environment import Environment
from sportello.aws.logs import logger
from sportello.model import Model
from sportello.people.notifying.notifier import AddressFault, AgentNotifier
from sportello.people.settings import AgentEndpointSettings
from sportello.priorities import Priority
from sportello.routing.endpoints import AgentEndpoint
from sportello.routing.times_of_day import WEEKDAYS
from sportello.settings_document import SettingsDocument
from sportello.stored import is_unknown
from sportello.table.items import StoredSettings

PATIENCE_SECONDS = 5.0
"""How long all addresses together may take to be looked up; the function has three times that."""


class NotifiersEnvironment(Environment):
    """`notifiers` names those that are deployed, apart by spaces; empty for all there are."""

    notifiers: str = ""


def refuse_unfit_addresses(document: SettingsDocument, current: StoredSettings | None) -> None:
    """Have new and changed endpoints judged; what is in force already stays as it is.

    An address that could not be looked up in time is accepted, as one without an answer is: each
    ring judges it anew.
    """
    if not isinstance(document, AgentEndpointSettings):
        return
    in_force = current.part("endpoints") if current else {}
    changed = {
        name: endpoint
        for name, endpoint in document.endpoints.items()
        if endpoint.model_dump(mode="json") != in_force.get(name)
    }
    refuse_unfit_endpoints(changed)


def refuse_unfit_endpoints(endpoints: Mapping[str, AgentEndpoint]) -> None:
    """Have endpoints judged that stand in the body under `endpoints`, whoever's they are."""
    if faults := list(_faults(endpoints)):
        raise invalid(*faults[:MAX_FAULTS])


def without_addresses(document: Any) -> dict[str, Any]:
    """Return the endpoints of a document by name and notifier: an address may hold a secret."""
    match document:
        case {"endpoints": dict(endpoints)}:
            return {"endpoints": {name: _notifier_in(each) for name, each in endpoints.items()}}
        case _:
            return {"endpoints": {}}


def _notifier_in(endpoint: Any) -> dict[str, Any]:
    match endpoint:
        case {"notifier": str(notifier)}:
            return {"notifier": notifier}
        case _:
            return {}


def _faults(endpoints: Mapping[str, AgentEndpoint]) -> Iterator[Fault]:
    names = deployed_notifiers()
    fitting: dict[str, tuple[AgentNotifier[Any], Model]] = {}
    for name, endpoint in endpoints.items():
        base = ("endpoints", name)
        yield from (
            Fault(pointer=pointer((*base, *place)), detail=detail)
            for place, detail in _words_nobody_knows(endpoint)
        )
        if endpoint.notifier not in names:
            detail = f"There are: {', '.join(names)}."
            yield Fault(pointer=pointer((*base, "notifier")), detail=detail)
            continue
        notifier = notifier_of(endpoint.notifier)
        try:
            fitting[name] = notifier, notifier.address.model_validate(endpoint.address)
        except ValidationError as error:
            yield from faults_of(error, base)
    yield from _forbidden(fitting)


def _words_nobody_knows(endpoint: AgentEndpoint) -> Iterator[tuple[Sequence[str | int], str]]:
    """What is stored may be a later version's and is read all the same; what is sent may not."""
    if endpoint.at_least is not None and is_unknown(endpoint.at_least):
        yield ("at_least",), f"There are: {', '.join(Priority)}."
    quiet = endpoint.quiet_hours
    if quiet is None:
        return
    if quiet.except_at_least is not None and is_unknown(quiet.except_at_least):
        yield ("quiet_hours", "except_at_least"), f"There are: {', '.join(Priority)}."
    yield from ((("quiet_hours", name), "Unknown.") for name in sorted(quiet.unknown_fields))
    for number, window in enumerate(quiet.windows):
        place = ("quiet_hours", "windows", number)
        yield from (((*place, name), "Unknown.") for name in sorted(window.unknown_fields))
        if not set(window.weekdays) <= set(WEEKDAYS):
            yield (*place, "weekdays"), f"There are: {', '.join(WEEKDAYS)}."


def deployed_notifiers() -> list[str]:
    """Return whom endpoints may name: what another one were to ring would lie about unsent."""
    names = NotifiersEnvironment.load().notifiers.split()
    return [name for name in notifier_names() if name in names or not names]


def notifier_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(notifiers.__path__))


def notifier_of(name: str) -> AgentNotifier[Any]:
    """Import a notifier, one of `notifier_names`; no other route of the agent API needs any."""
    notifier: AgentNotifier[Any] = importlib.import_module(f"notifiers.{name}").notifier
    return notifier


def _forbidden(addresses: Mapping[str, tuple[AgentNotifier[Any], Model]]) -> Iterator[Fault]:
    judges = {
        name: partial(notifier.faults, address) for name, (notifier, address) in addresses.items()
    }
    for name, fault in judged_at_once(judges):
        yield Fault(pointer=pointer(("endpoints", name, fault.field)), detail=fault.detail)


def judged_at_once(
    judges: Mapping[str, Callable[[], Sequence[AddressFault]]],
) -> Iterator[tuple[str, AddressFault]]:
    """Have addresses judged, all at once: a name that is slow to be looked up delays no other."""
    if not judges:
        return
    threads = ThreadPoolExecutor(max_workers=len(judges))
    answers = {name: threads.submit(judge) for name, judge in judges.items()}
    _, late = wait(answers.values(), timeout=PATIENCE_SECONDS)
    threads.shutdown(wait=False, cancel_futures=True)
    if late:
        logger.warning("addresses were not looked up in time", amount=len(late))
    for name, answer in answers.items():
        if answer not in late:
            yield from ((name, fault) for fault in answer.result())
