"""Task RunBot of triage: answer the turn, or say why a person should."""

from sportello.bot.bot import Bot, BotOutcome, TurnHint
from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Model


class Request(Model):
    """`item_ids` are those that the run began with; an earlier machine does not name them."""

    conversation_id: str
    turn_id: str
    item_ids: TurnHint = ()


@task(Request)
def handler(request: Request) -> BotOutcome:
    bot = Bot(runtime.desk(), runtime.settings())
    return bot.run(request.conversation_id, request.turn_id, runtime.utc_now(), request.item_ids)
