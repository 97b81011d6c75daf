"""An agent of the day: hears by the socket, works by the API, and holds what the page shows."""

import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, override

from websockets.exceptions import ConnectionClosed

from local.beside import Beside
from local.cloud.live_client import LiveClient
from local.cloud.reception import MARK
from local.cloud.staff import Account
from local.day.cast import GREETING, TAGS, Member
from local.day.page import Api, Story, opened_file, upload
from local.providers.files import picture, voice_note

LOOK_EVERY_SECONDS = 0.15
PING_SECONDS = 15.0
RESOLVES_AFTER_SECONDS = 5.0
LINE_LOST_SECONDS = 6.0
TRANSFERS_EACH, NOTES_EACH, SENDS_FILE_EACH, CANNED_EACH = 7, 3, 4, 2


class Agent(Beside):
    """`colleagues` are agent ids of others. `opened` are hashes of files that were looked at."""

    def __init__(
        self, member: Member, account: Account, base: str, gives_up: Callable[[], None]
    ) -> None:
        super().__init__(member.name, failed=gives_up)
        self.member, self.agent_id = member, account.agent_id
        self.colleagues: Sequence[str] = ()
        self.counts: Counter[str] = Counter()
        self.stories: dict[str, Story] = {}
        self.opened: dict[str, str] = {}
        self.sent: dict[str, str] = {}
        """Texts by effect key."""

        self.api = Api(base, account.token, lambda seconds: not self._stopping.wait(seconds))
        self.live = LiveClient(self._ticket)
        self._handled: dict[str, int] = {}
        self._looked_for_lost: dict[str, int] = {}
        self._quiet_since: dict[str, float] = {}
        self._offers: set[tuple[str, str]] = set()
        """An offer is named within its conversation."""

        self._heard = 0
        self._pinged = 0.0

    def _ticket(self) -> Mapping[str, Any]:
        ticket: Mapping[str, Any] = self.api.ask("POST", "/live/tickets", {}).expect(201).document()
        return ticket

    @override
    def _run(self) -> None:
        self.live.connect()
        self._say("presence", presence="available")
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            if self.live.is_lost:
                self.counts["lines found lost"] += 1
                self._reconnect()
            self._ping()
            self._hear()
            self._look_at(list(self.live.rows.values()))
        self._say("presence", presence="offline")

    def _ping(self) -> None:
        if time.monotonic() - self._pinged >= PING_SECONDS:
            self._pinged = time.monotonic()
            self._say("ping")

    def _say(self, frame: str, **fields: Any) -> None:
        """Say it if there is a line; what is lost with one is said anew after the next look."""
        with suppress(ConnectionClosed, OSError):
            self.live.say(frame, **fields)

    def _hear(self) -> None:
        frames = self.live.frames(since=self._heard)
        self._heard += len(frames)
        for frame in frames:
            if frame["t"] == "ring":
                self.counts["rung"] += 1
            elif frame["t"] == "not_delivered":
                self._mend(frame["conversation_id"], frame["data"]["effect_key"])
            elif frame["t"] == "presence" and frame["presence"] == "away":
                self.counts["came back from away"] += 1
                self._say("presence", presence="available", back=True)

    def _look_at(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Take what is offered, and then see to whoever has waited longest."""
        for row in rows:
            offer = row["offer"]
            if offer and offer["agent_id"] == self.agent_id:
                self._accept(row["conversation_id"], offer["offer_id"])
        for row in rows:
            if row["undelivered"]:
                self._mend_what_is_marked(row)
        mine = [row for row in rows if row["owner"]["name"] == self.agent_id]
        new = [row for row in mine if row["unread"] and self._is_news(row)]
        if new:
            row = min(new, key=lambda each: str(each["waiting_since"]))
            self._handled[row["conversation_id"]] = row["sequence"]
            self._serve_if_unanswered(row["conversation_id"], row)
        for row in mine:
            # What was done above took time, in which a line may have been lost and stories read.
            is_current = self.live.rows.get(row["conversation_id"]) == row
            if is_current and not row["unread"]:
                self._resolve_if_quiet(row["conversation_id"], row)

    def _mend_what_is_marked(self, row: Mapping[str, Any]) -> None:
        """See to replies that were lost while nobody could be told, as the list shows them."""
        name = row["conversation_id"]
        if self._looked_for_lost.get(name) == row["sequence"]:
            return
        self._looked_for_lost[name] = row["sequence"]
        view = self.api.ask("GET", f"/conversations/{name}?limit=1").expect(200).document()
        for lost in view["undelivered"]:
            if lost["agent_id"] == self.agent_id:
                self._mend(name, lost["effect_key"])

    def _is_news(self, row: Mapping[str, Any]) -> bool:
        return bool(row["sequence"] > self._handled.get(row["conversation_id"], 0))

    def _accept(self, name: str, offer: str) -> None:
        if (name, offer) in self._offers:
            return
        self._offers.add((name, offer))
        accepted = self.api.ask("POST", f"/conversations/{name}/accept", {"offer_id": offer})
        self.counts["accepted" if accepted.status == 200 else "came too late"] += 1  # noqa: PLR2004 -- HTTP's

    # --- in a conversation --------------------------------------------------------------------

    def _serve_if_unanswered(self, name: str, row: Mapping[str, Any]) -> None:
        """Look before writing: the row may be of before one's own answer."""
        story = self.stories.setdefault(name, Story(name))
        story.read(self.api)
        if story.is_unanswered:
            self._serve(name, row)

    def _serve(self, name: str, row: Mapping[str, Any]) -> None:
        self._say("viewing", conversation_id=name)
        story = self.stories.setdefault(name, Story(name))
        story.read(self.api)
        self._open_files(story)
        turn = self.counts["turns"] = self.counts["turns"] + 1
        if turn % TRANSFERS_EACH == 0 and self._transfer(story):
            return
        if turn % NOTES_EACH == 0:
            note = {"text": "Ha già chiamato ieri.", "mentions": list(self.colleagues[:1])}
            self.api.once("POST", f"/conversations/{name}/notes", note).expect(200, 201, 202)
            self.counts["notes"] += 1
        tags = {"tags": [TAGS[turn % len(TAGS)]]}
        self.api.ask("PUT", f"/conversations/{name}/tags", tags).expect(200)
        crossed = self._reply(story, self._words(story, row, turn), turn)
        if self.counts["replies"] == self.member.loses_line_after:
            self._lose_line()
        if crossed:
            self.counts["replies that crossed a message"] += 1
            self._serve(name, row)

    def _words(self, story: Story, row: Mapping[str, Any], turn: int) -> str:
        greeting = f"Eccomi, {row['name']}."
        if turn % CANNED_EACH == 0:
            path = f"/conversations/{story.conversation_id}/canned-replies?q=saluto"
            offered = self.api.ask("GET", path).expect(200).document()["replies"]
            greeting = next(each["text"] for each in offered if each["name"] == GREETING)
            self.counts["canned replies"] += 1
        return f"{greeting} {MARK} {secrets.token_hex(6)}."

    def _reply(self, story: Story, text: str, turn: int) -> bool:
        """Write as a page does: a draft first, then the answer that it was.

        Returns whether the customer has written meanwhile what this does not answer.
        """
        path = f"/conversations/{story.conversation_id}"
        self._say("typing", conversation_id=story.conversation_id)
        draft = {"text": text, "seen_up_to": story.sequence}
        kept = self.api.ask("PUT", f"{path}/drafts/reply", draft).expect(200, 201).document()
        self.counts["drafts"] += 1
        wish = {"text": text, "seen_up_to": story.sequence, "draft_version": kept["version"]}
        if turn % SENDS_FILE_EACH == 0:
            wish["media_ids"] = [self._uploaded(story, turn)]
        answer = self.api.once("POST", f"{path}/replies", wish)
        if answer.status != 202:  # noqa: PLR2004 -- HTTP's: somebody else has it, or was faster
            self.counts[f"replies not taken: {answer.document()['type'].rpartition('/')[2]}"] += 1
            return False
        self.sent[answer.document()["effect_key"]] = text
        self.counts["replies"] += 1
        self._quiet_since[story.conversation_id] = time.monotonic()
        return bool(answer.document()["unseen"])

    def _uploaded(self, story: Story, turn: int) -> str:
        is_voice = turn % (2 * SENDS_FILE_EACH) == 0
        self.counts["voice notes sent" if is_voice else "pictures sent"] += 1
        name, mime_type = ("nota.ogg", "audio/ogg") if is_voice else ("foto.png", "image/png")
        content = voice_note(2) if is_voice else picture(width=120)
        return upload(self.api, story.conversation_id, name, mime_type, content)

    def _open_files(self, story: Story) -> None:
        for media_id in story.files:
            if media_id in self.opened:
                continue
            digest = opened_file(self.api, story.conversation_id, media_id)
            if digest:
                self.opened[media_id] = digest

    def _transfer(self, story: Story) -> bool:
        colleague = self.colleagues[self.counts["transfers"] % len(self.colleagues)]
        wish = {"agent_id": colleague, "note": "Tocca a te", "seen_up_to": story.sequence}
        answer = self.api.ask("POST", f"/conversations/{story.conversation_id}/transfer", wish)
        handed_on = answer.status == 200  # noqa: PLR2004 -- HTTP's
        self.counts["transfers" if handed_on else "transfers not taken"] += 1
        return handed_on

    def _mend(self, name: str, effect_key: str) -> None:
        """Say again what did not arrive, if it was this agent's."""
        text = self.sent.pop(effect_key, None)
        if text is None:
            return
        self.counts["told of a reply that was lost"] += 1
        answer = self.api.once(
            "POST", f"/conversations/{name}/replies", {"text": f"{text} (di nuovo)"}
        )
        if answer.status == 202:  # noqa: PLR2004 -- HTTP's
            self.sent[answer.document()["effect_key"]] = text
            self.counts["lost replies mended"] += 1
            self._quiet_since[name] = time.monotonic()

    def _resolve_if_quiet(self, name: str, row: Mapping[str, Any]) -> None:
        """Settle what nobody has written in for a while; what was handed on is read first."""
        since = self._quiet_since.setdefault(name, time.monotonic())
        if time.monotonic() - since < RESOLVES_AFTER_SECONDS:
            return
        self._quiet_since.pop(name)
        story = self.stories.get(name)
        if story is None:
            self.stories[name] = story = Story(name)
            story.read(self.api)
        self._open_files(story)
        # Not read on before: what the customer has written since is to stop it.
        wish = {"seen_up_to": story.sequence}
        answer = self.api.ask("POST", f"/conversations/{name}/resolve", wish)
        if answer.status == 409:  # noqa: PLR2004 -- HTTP's: the customer has written meanwhile
            self.counts["resolutions stopped by an unseen message"] += 1
            self._quiet_since[name] = time.monotonic()
            self._serve(name, row)
        elif answer.status == 200:  # noqa: PLR2004 -- HTTP's
            self.counts["resolved"] += 1

    # --- without a line -----------------------------------------------------------------------

    def _lose_line(self) -> None:
        """Lose the line, and catch up: say `resume`, read the lists and the open stories on."""
        self.live.cut()
        self.counts["lines lost"] += 1
        self._stopping.wait(LINE_LOST_SECONDS)
        self._reconnect()

    def _reconnect(self) -> None:
        while not self._stopping.is_set():
            with suppress(ConnectionClosed, OSError, TimeoutError):
                self.live.connect(resume=True)
                break
        self._say("presence", presence="available", back=True)
        # What changed meanwhile was pushed to nobody: the lists are the truth.
        self.live.rows.clear()
        for view in ("waiting", "mine"):
            for row in self.api.rows(view):
                self.live.apply(row)
        for story in self.stories.values():
            story.read(self.api)
