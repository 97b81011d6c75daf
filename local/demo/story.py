"""The story that the demo plays: customers, providers and agents, and what must come of it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from local.cloud.first_day import settings
from local.cloud.laptop import Laptop
from local.cloud.observing import log_documents, metric_totals, wait_until
from local.cloud.recorded import recorded_now
from local.cloud.web import Answer, call_json
from local.providers.customers import post_telegram, post_whatsapp
from local.providers.provider_calls import Call, Fault

PATIENCE_SECONDS = 30.0
FIRST_RESPONSE_SECONDS = 6
RING_SECONDS = 4
BREACH_TOLERANCE_SECONDS = 2.0


class Unfulfilled(Exception):
    """Something that had to be true was not."""


class Story:
    """Plays against a laptop that is up; `expect` is told each fact and whether it held."""

    def __init__(self, laptop: Laptop, expect: Callable[[str, bool], None]) -> None:
        self._laptop = laptop
        self._stack = laptop.stack
        self._expect = expect
        self.conversations: dict[str, str] = {}
        """Title to conversation id, in the order of appearance."""

    def play(self) -> None:
        self._prepare()
        self._a_known_question_comes_three_times()
        self._its_delivery_is_reported()
        self._an_unknown_question_rings_people()
        self._nobody_answers_in_time()
        self._an_agent_takes_over_while_the_provider_is_down()
        self._the_office_is_closed()
        self._an_agent_comes_to_work()
        self._what_is_not_genuine_or_not_readable()
        self._the_counts()

    # --- acts ---------------------------------------------------------------------------------

    def _prepare(self) -> None:
        queues = settings(self._stack.provider_base)["queues"]
        for tier in queues["queues"]["default"]["tiers"]:
            tier["ring_seconds"] = RING_SECONDS
        self._put_settings("queues", queues)
        first_response = {"seconds": FIRST_RESPONSE_SECONDS, "warn_after_fraction": 0.5}
        policy = {"name": "demo", "targets": {"first_response": first_response}}
        self._put_settings("sla_policies", {"policies": [policy]})

    def _a_known_question_comes_three_times(self) -> None:
        body = recorded_now("whatsapp", "text")
        for _ in range(3):
            post_whatsapp(self._stack, body).expect(200)
        answer = self._wait("whatsapp", "the bot's answer", lambda call: "bot:" in call.body)
        self.conversations["Giulia on WhatsApp"] = _conversation_of(answer)
        self._answer = answer

    def _its_delivery_is_reported(self) -> None:
        sent = json.loads(self._answer.body)
        replaced = {
            "fx-7d1c2a90": sent["biz_opaque_callback_data"],
            "wamid.EXAMPLE00009001": "wamid.FROM-THE-PROVIDER",
        }
        post_whatsapp(self._stack, recorded_now("whatsapp", "status_delivered", replaced))
        self._await(
            "the provider's receipt marks the bot's answer as delivered",
            lambda: (
                "delivered" in [entry["detail"].get("status") for entry in self._messages("bot")]
            ),
        )
        self._fact(
            "a question that the provider delivered three times is answered once",
            len(self._calls("whatsapp", "bot:")) == 1,
        )

    def _an_unknown_question_rings_people(self) -> None:
        post_whatsapp(self._stack, recorded_now("whatsapp", "text_unknown")).expect(200)
        ring = self._wait("agents", "a ring", lambda call: "conversation.offered" in call.body)
        notice = json.loads(ring.body)
        self._fact(
            "what the bot does not know rings the first tier with the whole story",
            notice["data"]["tier_name"] == "first_line" and len(notice["data"]["transcript"]) >= 3,  # noqa: PLR2004 -- question, answer, question
        )

    def _nobody_answers_in_time(self) -> None:
        self._wait("agents", "the second tier", lambda call: '"second_line"' in call.body)
        self._fact("silence rings the second tier", fulfilled=True)
        self._wait("agents", "a breach alert", lambda call: "clock.breaching" in call.body)
        breach = next(
            entry["detail"]
            for entry in self._entries("ClockAdvanced")
            if entry["detail"]["state"] == "breaching"
        )
        late = datetime.fromisoformat(breach["at"]) - datetime.fromisoformat(breach["due_at"])
        self._fact(
            f"the first response breaches {late.total_seconds():.1f} s after it was due",
            timedelta() <= late <= timedelta(seconds=BREACH_TOLERANCE_SECONDS),
        )
        self._fact(
            f"its deadline explains itself by the {FIRST_RESPONSE_SECONDS} s that counted",
            self._seconds_explained() == FIRST_RESPONSE_SECONDS,
        )

    def _an_agent_takes_over_while_the_provider_is_down(self) -> None:
        self._act("accept").expect(200)
        self._laptop.calls.inject(Fault("whatsapp", 2, status=503, holding="sono Anna"))
        reply = {"text": "Buongiorno, sono Anna. Sì, le gambe si accorciano fino a 10 cm."}
        for _ in range(2):
            self._act("replies", reply, key="demo-reply-1").expect(200, 202)
        self._await(
            "the agent's reply is accepted by the provider",
            lambda: [e["detail"]["status"] for e in self._messages("agent")] == ["accepted"],
        )
        attempts = [call.fault for call in self._calls("whatsapp", "sono Anna")]
        self._fact(
            "a reply sent twice with one key, through two 503, is delivered once",
            attempts == ["status_503", "status_503", None],
        )
        self._fact(
            "the late answer ends the clock as breached",
            [clock["state"] for clock in self._conversation()["clocks"]] == ["breached"],
        )
        self._act("resolve").expect(200)

    def _the_office_is_closed(self) -> None:
        open_hours = settings(self._stack.provider_base)["opening_hours"]
        closed = json.loads(json.dumps(open_hours))
        today = datetime.now(UTC).date()
        closed["calendars"]["default"]["closed"] = [
            [str(today - timedelta(days=1)), str(today + timedelta(days=1))]
        ]
        self._put_settings("opening_hours", closed)
        english = {"How long does delivery to Ireland take?": "Can you engrave a bicycle bell?"}
        post_telegram(self._stack, recorded_now("telegram", "text_english", english)).expect(200)
        reply = self._wait(
            "telegram", "the out-of-hours reply", lambda call: "500600703" in call.body
        )
        self._fact(
            "out of hours the reply names the next opening in the customer's language",
            "open" in json.loads(reply.body)["text"],
        )
        again = {"How long does delivery to Ireland take?": "Hello? Anybody there?"}
        post_telegram(self._stack, recorded_now("telegram", "text_english", again)).expect(200)
        self.conversations["Emma on Telegram"] = self._conversation_on("telegram")
        self._await(
            "a second message in the same closed period is kept",
            lambda: len(self._entries("MessageReceived", "Emma on Telegram")) == 2,  # noqa: PLR2004 -- both
        )
        self._put_settings("opening_hours", open_hours)
        self._fact(
            "no second out-of-hours reply in the same closed period",
            len(self._messages("system", "Emma on Telegram")) == 1,
        )

    def _an_agent_comes_to_work(self) -> None:
        """Nothing was written of the agent beforehand but a bell of their own, by themselves."""
        bell = {"notifier": "webhook", "url": f"{self._stack.provider_base}/agents/annas-bell"}
        self._api("PUT", "agents/me/endpoints/bell", bell).expect(200)
        self._api("PUT", "agents/me/presence", {"presence": "available"}).expect(200)
        waits = self.conversations["Emma on Telegram"]
        ring = self._wait(
            "agents",
            "a ring at the agent's own bell",
            lambda call: call.path.endswith("/annas-bell") and waits in call.body,
        )
        offered = json.loads(ring.body)["data"]["offer_id"]
        asked = self._api("GET", "agents/me").expect(200).document()["offers"]
        self._fact(
            "who comes to work is asked for who waits, at a bell of their own and by the API",
            [(each["conversation_id"], each["offer_id"]) for each in asked] == [(waits, offered)],
        )
        taken = self._api("POST", f"conversations/{waits}/accept", {"offer_id": offered})
        me = self._api("GET", "agents/me").expect(200).document()
        self._fact(
            "whoever accepts has the conversation, and less room for others",
            taken.expect(200).document()["owner"]["name"] == me["agent_id"] and me["load"] > 0,
        )
        why = self._api("GET", f"conversations/{waits}/routing").expect(200).document()["offers"]
        self._fact(
            "why it was this agent can be read afterwards",
            [(each["reason"], each["outcome"]) for each in why] == [("longest_idle", "accepted")],
        )
        self._api("POST", f"conversations/{waits}/resolve", {}).expect(200)
        self._api("PUT", "agents/me/presence", {"presence": "offline"}).expect(200)

    def _what_is_not_genuine_or_not_readable(self) -> None:
        body = recorded_now("whatsapp", "text")
        forged = post_whatsapp(self._stack, body, signature="sha256=" + "0" * 64)
        self._fact("a forged call is refused", forged.status == 403)  # noqa: PLR2004 -- HTTP's
        truncated = post_whatsapp(self._stack, body[: len(body) // 2])
        self._fact("a truncated but genuine call is kept and acknowledged", truncated.status == 200)  # noqa: PLR2004 -- HTTP's
        batch = post_whatsapp(self._stack, recorded_now("whatsapp", "batch_with_poisoned_item"))
        self._fact("a batch with a poisoned item is acknowledged", batch.status == 200)  # noqa: PLR2004 -- HTTP's

    def _the_counts(self) -> None:
        amounts = {"Duplicate": 2, "Rejected": 1, "Quarantined": 3, "Breached": 1, "Escalated": 2}
        told = ", ".join(f"{amount} {name.lower()}" for name, amount in amounts.items())
        try:
            self._await(
                f"the metrics count {told}",
                lambda: metric_totals(self._laptop) >= Counter(amounts),
            )
        except Unfulfilled:
            self._expect(f"they count {dict(metric_totals(self._laptop))}", False)  # noqa: FBT003 -- it is what a fact is
            raise

    # --- means --------------------------------------------------------------------------------

    def _fact(self, name: str, fulfilled: bool) -> None:  # noqa: FBT001 -- it is what a fact is
        self._expect(name, fulfilled)
        if not fulfilled:
            raise Unfulfilled(name)

    def _await(self, name: str, look: Callable[[], bool]) -> None:
        try:
            fulfilled = wait_until(look, seconds=PATIENCE_SECONDS, what=name)
        except TimeoutError:
            fulfilled = False
        self._fact(name, fulfilled)

    def _wait(self, channel: str, what: str, condition: Callable[[Call], bool]) -> Call:
        return self._laptop.calls.wait_for(
            lambda call: call.channel == channel and condition(call),
            seconds=PATIENCE_SECONDS,
            what=what,
        )

    def _calls(self, channel: str, text: str) -> list[Call]:
        return [call for call in self._laptop.calls.calls(channel) if text in call.body]

    def _put_settings(self, kind: str, document: Any) -> None:
        self._api("PUT", f"settings/{kind}", document, person="supervisor").expect(200)

    def _act(self, verb: str, document: Any = None, key: str = "") -> Answer:
        conversation = self.conversations["Giulia on WhatsApp"]
        return self._api("POST", f"conversations/{conversation}/{verb}", document or {}, key=key)

    def _api(
        self, method: str, path: str, document: Any = None, *, person: str = "agent", key: str = ""
    ) -> Answer:
        headers = {"Authorization": self._stack.tokens[person]}
        if key:
            headers["Idempotency-Key"] = key
        return call_json(method, f"{self._stack.agent_api_base}/{path}", document, headers)

    def _conversation(self, title: str = "Giulia on WhatsApp") -> dict[str, Any]:
        document: dict[str, Any] = (
            self._api("GET", f"conversations/{self.conversations[title]}").expect(200).document()
        )
        return document

    def _seconds_explained(self, title: str = "Giulia on WhatsApp") -> float:
        """Add up the spans that counted for the conversation's one clock, up to its due time."""
        path = f"conversations/{self.conversations[title]}/clocks"
        (clock,) = self._api("GET", path).expect(200).document()["clocks"]
        counted = (span for span in clock["explanation"]["spans"] if span["counted"])
        lengths = (
            datetime.fromisoformat(span["end"]) - datetime.fromisoformat(span["start"])
            for span in counted
        )
        return sum(lengths, timedelta()).total_seconds()

    def _entries(self, kind: str, title: str = "Giulia on WhatsApp") -> list[dict[str, Any]]:
        entries = self._conversation(title)["timeline"]["entries"]
        return [entry for entry in entries if entry["type"] == kind]

    def _messages(self, author: str, title: str = "Giulia on WhatsApp") -> list[dict[str, Any]]:
        return [e for e in self._entries("MessageQueued", title) if e["author"] == author]

    def journeys(self) -> dict[str, dict[str, Any]]:
        return {title: self._conversation(title) for title in self.conversations}

    def _conversation_on(self, channel: str) -> str:
        """Telegram echoes nothing of ours, but the log names the conversation of a delivery."""

        def conversation_id() -> str:
            delivered = (
                str(line["conversation_id"])
                for line in log_documents(self._laptop)
                if line.get("message") == "delivery settled" and line.get("channel") == channel
            )
            return next(delivered, "")

        return wait_until(conversation_id, seconds=PATIENCE_SECONDS, what=f"delivery on {channel}")


def _conversation_of(call: Call) -> str:
    """Read the conversation from the tracker that WhatsApp echoes."""
    tracker: str = json.loads(call.body)["biz_opaque_callback_data"]
    return tracker.split("/", maxsplit=1)[0]
