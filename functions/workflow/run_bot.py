"""Task RunBot of triage: answer the turn, or say why a person should."""

from sportello.bot.bot import Bot, BotOutcome
from sportello.entrypoints import runtime
from sportello.entrypoints.task import task
from sportello.model import Model


class Request(Model):
    conversation_id: str
    turn_id: str


@task(Request)
def handler(request: Request) -> BotOutcome:
    bot = Bot(runtime.desk(), runtime.settings())
    return bot.run(request.conversation_id, request.turn_id, runtime.utc_now())
