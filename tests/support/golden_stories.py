"""Stories that leave one of every kind of record behind, as the code of today writes them."""

import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from sportello.conversation.commands import (
    AccompanyingText,
    Classify,
    ClosedDoors,
    EndSnooze,
    LinkHandles,
    MoveTo,
    OfferToAgent,
    OtherConversation,
    RequestHuman,
    Snooze,
    WaitNow,
)
from sportello.conversation.people_commands import (
    AcknowledgeUndelivered,
    CarryOut,
    ChangeTags,
    Consult,
    FetchAgain,
    LeaveAgent,
    Mention,
    PromiseOtherWay,
    TakeOver,
    TransferToAgent,
    TransferToQueue,
    WriteDown,
)
from sportello.media.kept_file import KeptFile, MediaState
from sportello.media.names import MediaName
from sportello.messaging.identifiers import tracker
from sportello.messaging.items import (
    DeliveryStatus,
    Echo,
    Edit,
    HandleChange,
    Location,
    Media,
    Reaction,
    Revoke,
    Unsupported,
)
from sportello.messaging.outbound_channel import Delivery, Refusal
from sportello.people.placement.assigning import Assigning
from sportello.priorities import Priority
from sportello.queues.line_summary import summarized
from sportello.queues.waits import AnnouncedWait
from sportello.routing.breaker import Breaker, after_failure
from sportello.routing.choice import Choice, Considered, Reason
from sportello.routing.presence import Presence
from sportello.routing.profile import AgentProfile
from sportello.routing.work import Claim
from sportello.settings.kinds import KINDS
from sportello.sla.clocks import PromiseTerms
from sportello.table.agents.agent_items import claim_attributes
from sportello.table.agents.line_item import CountedLine
from sportello.table.desk_table import DeskTable
from sportello.table.files.file_link_table import FileLink
from sportello.table.files.upload_table import Upload
from sportello.table.outward.attempt_table import Attempt
from sportello.table.settings.audit_table import AuditEntry
from sportello.table.stories.draft_table import Draft, DraftName
from support.builders import (
    ACCOUNT,
    CONVERSATION,
    HANDLE,
    NOW,
    a_file,
    a_receipt,
    a_template,
    accept,
    decline,
    exhaust,
    offer,
    reply,
    resolve,
    retry_turn,
    return_to_bot,
    seconds,
    tick,
)
from support.clouds.table import all_items
from support.clouds.working_desk import WorkingDesk, working_desk
from support.published import some_events

type Story = Callable[[WorkingDesk], None]
type Items = list[dict[str, Any]]

QUESTION = "Quanto tempo ci vuole per la consegna?"
ELSEWHERE = "0" * 32
UNKNOWN = "Il mio coccodrillo di peluche canta stonato la domenica"

DOCUMENTS: Mapping[str, dict[str, Any]] = {
    "opening_hours": {
        "calendars": {
            "default": {
                "time_zone": "Europe/Rome",
                "weekly": {"mon-sun": [["00:00", "24:00"]]},
                "closed": [{"first": "2026-08-10", "last": "2026-08-21", "label": "Ferie"}],
                "special": {"2026-12-24": {"windows": [["09:00", "12:00"]], "label": "Vigilia"}},
                "holidays": ["IT"],
            }
        },
        "accounts": {f"fake:{ACCOUNT}": "default"},
    },
    "queues": {
        "queues": {
            "default": {
                "tiers": [{"name": "first_line", "agents": ["anna"], "endpoints": ["desk"]}],
                "alert_endpoints": ["desk"],
            }
        }
    },
    "agent_endpoints": {
        "endpoints": {"desk": {"notifier": "webhook", "url": "https://desk.example/hook"}}
    },
    "sla_policies": {
        "policies": [
            {
                "name": "messaging",
                "targets": {
                    "first_response": {"seconds": 300},
                    "first_response_any": {"seconds": 60},
                    "next_response": {"seconds": 600, "at_breach": {"raise_priority_to": "high"}},
                    "queue_wait": {"seconds": 900},
                    "agent_silence": {"seconds": 1_200, "at_breach": {"reassign": True}},
                    "resolution": {"seconds": 86_400, "pauses_while": ["awaiting_customer"]},
                },
                "goal": {"threshold_seconds": 20, "goal": 0.8},
            }
        ]
    },
    "teams": {"teams": {"north": {"queues": ["default"]}}},
    "bot": {"enabled": True, "thanks_reopen": True},
    "faq": {
        "entries": {
            "it": [
                {
                    "id": "consegna",
                    "questions": [QUESTION],
                    "answer": "Due giorni.",
                    "promise": {"within_seconds": 3_600},
                }
            ]
        }
    },
    "message_templates": {
        "templates": [
            {
                "name": "parcel_arrived",
                "channel": "fake",
                "language": "it",
                "body": "Il pacco {{number}} è qui.",
                "parameters": [{"name": "number", "example": "7"}],
            }
        ]
    },
    "subscriptions": {
        "subscriptions": {
            "crm": {
                "url": "https://crm.example.com/events",
                "events": ["Conversation*"],
                "queues": ["default"],
                "enabled": False,
            }
        }
    },
    "texts": {"default_language": "it", "texts": {"it": {"talk_to_person_button": "Persona"}}},
}
"""Settings of every kind that are not the packaged ones."""


def with_the_bot(desk: WorkingDesk) -> None:
    """The bot answers and promises, and everything else that a channel can bring comes in."""
    for kind, document in DOCUMENTS.items():
        desk.configure(KINDS[kind], **document)
    desk.say(QUESTION, display_name="Anna", in_reply_to="message-0")
    desk.deliver()
    desk.pass_time(seconds(5))
    sent = desk.messages()[0].key
    desk.note(
        a_receipt(DeliveryStatus.READ, tracker(CONVERSATION, sent)),
        Edit(**of_customer(2), original_message_id="message-1", text=QUESTION),
        Revoke(**of_customer(3), original_message_id="message-1"),
        Reaction(**of_customer(4), original_message_id="message-1", emoji="+"),
        Echo(**of_customer(5), provider_message_id="echo-5", text="Buongiorno."),
    )
    desk.pass_time(seconds(60))
    photo = Media(kind="image", provider_media_id="media-1", mime_type="image/jpeg", size_bytes=9)
    place = Location(latitude=45.4, longitude=9.2, name="Duomo")
    item_ids = [
        desk.write("Ecco", media=(photo,), location=place, button_id="more", callback_id="7"),
        desk.keep(Unsupported(**of_customer(6), provider_message_id="m-6", provider_kind="poll")),
    ]
    desk.receive(*item_ids)
    name = MediaName(CONVERSATION, item_ids[0], 0)
    desk.table.media.keep(
        name, KeptFile(state=MediaState.FAILED, at=NOW, reason="gone", kind="image")
    )
    again = FetchAgain(
        agent_id="anna", conversation_id=CONVERSATION, item_id=name.item_id, number=name.number
    )
    desk.ask(again)
    desk.pass_time(timedelta(hours=2))
    desk.ask(retry_turn())
    desk.hand_over("nothing_to_read", "turn-2")
    desk.ask(tick())
    desk.table.quarantine("fake", "not readable", b'{"unknown": true}', desk.now)
    counted = CountedLine(claimed_at=NOW, summary=summarized([(Priority.NORMAL, NOW)], NOW))
    desk.table.queues._put_count("default", counted, None)
    desk.table.audit.keep(an_act(), timedelta(days=365))
    tell_subscribers(desk.table)


def tell_subscribers(table: DeskTable) -> None:
    """What is recorded of events, and of a subscriber that fails and then is gone."""
    subscriptions = table.subscriptions
    cause = f"{CONVERSATION}#publish:0"
    subscriptions.feed.record(cause, some_events(), NOW, timedelta(days=7))
    attempt = Attempt(
        at=NOW,
        event_id=some_events()[0].id,
        event_type="ConversationResolved",
        status=410,
        duration_ms=12,
        error="gone",
        age_seconds=5,
        gives_up=True,
    )
    subscriptions.attempts.keep("crm", attempt)
    failing = after_failure(Breaker(settings_hash="hash"), "refused 503", NOW)
    subscriptions.subscribers.note_unless_changed("crm", failing, "")
    subscriptions.subscribers.mark_gone("crm", "hash", NOW)
    subscriptions.subscribers.note_behind("crm", NOW)


def an_act() -> AuditEntry:
    """One that has everything an entry can have."""
    return AuditEntry(
        at=NOW,
        request_id="0c1e6b4e-8a1f-4a53-9d43-2f3f0c8f9a11",
        agent_id="anna",
        roles=("supervisor",),
        team="north",
        permission="write_settings",
        method="PUT",
        route="/settings/{kind}",
        conversation_id=CONVERSATION,
        target={"kind": "bot"},
        status=422,
        problem="validation",
    )


def of_customer(number: int) -> dict[str, Any]:
    return {
        "account_id": ACCOUNT,
        "provider_item_id": f"other-{number}",
        "sent_at": NOW,
        "handle": HANDLE,
        "other_handles": ("fake_user:7",),
        "reply_to": HANDLE,
    }


def with_people(desk: WorkingDesk) -> None:
    """A ladder from its first ring to its end, and what agents do with a conversation."""
    for kind in ("opening_hours", "queues", "sla_policies"):
        desk.configure(KINDS[kind], **DOCUMENTS[kind])
    desk.receive(desk.write(UNKNOWN))
    wait = AnnouncedWait(
        position=2, low_seconds=60, high_seconds=240, at=NOW, review_at=NOW + seconds(240)
    )
    desk.ask(
        RequestHuman(
            turn_id="turn-1",
            owner_version=1,
            reason="unknown_question",
            queue="default",
            accompanying_text=AccompanyingText(text="La passo a una persona."),
            announced=wait,
        )
    )
    desk.ask(offer(agents=("anna",)))
    desk.ask(offer(agents=("anna",), task_token="token-2"))
    desk.ask(decline())
    desk.pass_time(seconds(30))
    desk.ask(offer(tier=1, agents=("anna", "bruno"), task_token="token-3"))
    desk.ask(offer(tier=0, task_token="token-4"))
    desk.ask(decline())
    news = WaitNow(wait=wait.model_copy(update={"position": 1}), text="Ancora un minuto.")
    desk.ask(tick().model_copy(update={"news": news}))
    closed = ClosedDoors(away=AccompanyingText(text="Chiuso.", closed_since=NOW), waiting_ahead=0)
    desk.ask(exhaust().model_copy(update={"closed": closed}))
    desk.ask(exhaust(desk.state.handoff_id))
    desk.pass_time(seconds(400))
    desk.ask(tick())
    desk.ask(accept())
    desk.ask(Classify(agent_id="anna", priority=Priority.HIGH, segment="gold"))
    promise = PromiseTerms(within_seconds=3_600)
    desk.ask(reply().model_copy(update={"promise": promise}))
    desk.deliver()
    desk.ask(Snooze(agent_id="anna", until=desk.now + timedelta(hours=1)))
    desk.ask(EndSnooze(agent_id="anna"))
    desk.pass_time(seconds(60))
    desk.receive(desk.write("E quindi?"))
    desk.ask(return_to_bot())
    desk.receive(desk.write(UNKNOWN), turn_id="turn-3")
    desk.hand_over("unknown_question", "turn-3")
    desk.ask(resolve())
    desk.pass_time(timedelta(minutes=1))
    desk.receive(desk.write("Ancora io"), turn_id="turn-4")
    desk.ask(reply(key="2"))
    desk.pass_time(timedelta(minutes=1))
    desk.receive(desk.write("Ci siete?"), turn_id="turn-5")


def lost_on_the_way(desk: WorkingDesk) -> None:
    """An agent's reply is refused by the channel, so that it was no answer."""
    for kind in ("queues", "sla_policies"):
        desk.configure(KINDS[kind], **DOCUMENTS[kind])
    desk.receive(desk.write(UNKNOWN))
    desk.hand_over("unknown_question")
    desk.deliver()
    desk.ask(accept())
    desk.pass_time(seconds(30))
    desk.ask(reply())
    desk.adapter.outcomes.append(Delivery.refused(Refusal.WINDOW_CLOSED, "131047"))
    desk.deliver()
    desk.ask(AcknowledgeUndelivered(agent_id="anna"))
    desk.ask(reply(key="2"))
    desk.adapter.outcomes.append(Delivery.refused(Refusal.WINDOW_CLOSED, "131047"))
    desk.deliver()


def known_by_another_name(desk: WorkingDesk) -> None:
    """The customer turns out to be somebody who has another conversation, twice."""
    desk.note(HandleChange(**of_customer(1) | {"handle": HANDLE}))
    desk.receive(desk.write(QUESTION))
    other = OtherConversation(
        conversation_id=ELSEWHERE,
        last_customer_message_at=NOW,
        closed_period_told=None,
        automatic_sent=(NOW,),
        promises=(),
        priority=Priority.HIGH,
    )
    desk.ask(LinkHandles(aliases=(f"fake_user:{ELSEWHERE}",), joins=other))
    desk.ask(MoveTo(conversation_id=ELSEWHERE))
    desk.ask(MoveTo(conversation_id=ELSEWHERE))


def from_one_to_the_other(desk: WorkingDesk) -> None:
    """People are rung round after round; agents are asked, ask one another and hand it on."""
    for kind in ("opening_hours", "queues", "sla_policies"):
        desk.configure(KINDS[kind], **DOCUMENTS[kind])
    desk.receive(desk.write(UNKNOWN))
    desk.hand_over("unknown_question")
    desk.ask(an_offer_to("anna", desk))
    desk.ask(decline())
    desk.ask(exhaust())
    desk.pass_time(seconds(10))
    desk.receive(desk.write("C'è qualcuno?"), turn_id="turn-2")
    desk.ask(an_offer_to("bruno", desk))
    desk.ask(accept("bruno"))
    desk.ask(WriteDown(agent_id="anna", text="Ha già pagato."))
    desk.ask(Consult(agent_id="bruno", colleague="anna", note="Che sconto?"))
    carla = Mention(agent_id="carla", endpoints=("@carla/phone",))
    desk.ask(WriteDown(agent_id="bruno", key="note:carla", text="Vedi tu?", mentions=(carla,)))
    tags = ChangeTags(agent_id="bruno", adds=("complaint",))
    desk.ask(CarryOut(agent_id="bruno", key="macro:1", macro="complains", commands=(tags,)))
    draft = Draft(text="Gentile Anna,", seen_up_to=desk.state.sequence)
    desk.table.drafts.keep(DraftName("bruno", CONVERSATION, "reply"), draft, 0, desk.now)
    promise = PromiseTerms(within_seconds=3_600, kept_by="hand")
    desk.ask(
        PromiseOtherWay(
            agent_id="bruno", key="reply:call", text="La chiamo.", way="call", promise=promise
        )
    )
    offer_to_anna = an_offer_to("anna", desk)
    desk.ask(TransferToAgent(agent_id="bruno", queue="default", offer=offer_to_anna))
    desk.ask(TakeOver(agent_id="chief", supervisor=True))
    desk.receive(desk.write("E allora?"), turn_id="turn-3")
    desk.ask(LeaveAgent(agent_id="chief"))
    desk.ask(an_offer_to("carla", desk).model_copy(update={"assigns": True}))
    desk.ask(TransferToQueue(agent_id="carla", queue="default", note="Non è per me."))


def an_offer_to(agent_id: str, desk: WorkingDesk) -> OfferToAgent:
    return OfferToAgent(
        handoff_id=desk.state.handoff_id,
        agent_id=agent_id,
        endpoints=(f"@{agent_id}/phone",),
        units=2,
        expires_at=desk.now + seconds(30),
        choice=Choice(
            agent_id=agent_id,
            reason=Reason.LONGEST_IDLE,
            others=(Considered(agent_id="dario", reason=Reason.PASSED_BY),),
        ),
    )


def without_budget(desk: WorkingDesk) -> None:
    """The bot has answered as often as it may."""
    desk.configure(KINDS["bot"], answers_per_stretch=20)
    for number in range(11):
        desk.pass_time(seconds(10))
        desk.say(QUESTION, turn_id=f"turn-{number}")


def with_agents(desk: WorkingDesk) -> None:
    """Anna speaks no Italian: she has her seat and somebody else, while the customer waits."""
    desk.say("Il mio coccodrillo di peluche canta stonato la domenica")
    bell = {"notifier": "webhook", "url": "https://anna.example/rung"}
    profile = {
        "display_name": "Anna",
        "languages": ("en",),
        "skills": {"whatsapp": 4},
        "queues": ("default",),
        "capacity": 6,
        "calendar": "default",
        "endpoints": {"phone": bell},
    }
    agents, now = desk.table.agents, desk.now
    agents.put_profile("anna", AgentProfile.model_validate(profile), 0, now)
    agents.set_presence("anna", Presence.AVAILABLE, now + timedelta(hours=8), now)
    other = Claim(conversation_id=ELSEWHERE, units=2, since=now, counts_until=now + seconds(600))
    item = claim_attributes("anna", other)
    desk.table._client.put_item(TableName=desk.table._name, Item=item)
    Assigning(desk.desk, desk.settings).settle("anna", now)


def with_files_of_ours(desk: WorkingDesk) -> None:
    """Anna sends a file, a link to another and a template, and has uploaded what nobody got yet."""
    desk.configure(KINDS["message_templates"], **DOCUMENTS["message_templates"])
    desk.receive(desk.write(UNKNOWN))
    photo = a_file()
    desk.ask(reply().model_copy(update={"text": "Ecco.", "media": (photo,)}))
    desk.deliver()
    desk.ask(reply(key="2").model_copy(update={"template": a_template(("number", "7"))}))
    link = FileLink(
        key=photo.key, file_name="foto.jpg", mime_type="image/jpeg", until=NOW + timedelta(days=3)
    )
    with patch.object(secrets, "token_urlsafe", return_value="a made-up token"):
        desk.table.file_links.make(link)
    upload = Upload(
        agent_id="anna",
        file_name="conto.pdf",
        mime_type="application/pdf",
        size_bytes=9,
        sha256="0" * 64,
        usable_until=NOW + timedelta(days=1),
    )
    name = MediaName(CONVERSATION, "0" * 32, 0)
    desk.table.uploads.put(name, upload)
    desk.table.uploads.use(name, reply(key="3").key)


STORIES: Mapping[str, Story] = {
    "with_the_bot": with_the_bot,
    "with_people": with_people,
    "from_one_to_the_other": from_one_to_the_other,
    "with_agents": with_agents,
    "without_budget": without_budget,
    "lost_on_the_way": lost_on_the_way,
    "known_by_another_name": known_by_another_name,
    "with_files_of_ours": with_files_of_ours,
}


def items_left_by(story: Story) -> Items:
    with working_desk() as desk:
        story(desk)
        items = all_items(desk.table)
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))
