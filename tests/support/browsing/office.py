"""The people of a test: agents with browsers of their own, customers who write, and their end.

Agents are new in each test, so that nobody's presence or load is left over; what their customers
opened is settled when the test is over, so that it is nobody's in the next one.
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from playwright.sync_api import Browser, Page

from browser.desk_page import DeskPage
from local.cloud.first_day import TELEGRAM_BOT, WHATSAPP_ACCOUNT, Person, agent_id_in
from local.cloud.observing import wait_until
from local.cloud.web import Answer
from local.providers.customers import TelegramCustomer, WhatsAppCustomer
from sportello.messaging.identifiers import conversation_id
from support.browsing.looks import Look
from support.browsing.window import Window
from support.clouds.driven_desk import PATIENCE_SECONDS, DrivenDesk, said_in

OFFER_SECONDS = 40
ASKS_FOR_PERSON = "Vorrei parlare con una persona"
SETTINGS: Mapping[str, Any] = {
    "queues": {
        "queues": {
            "default": {
                "tiers": [{"name": "first", "endpoints": ["front-desk"], "ring_seconds": 120}],
                "alert_endpoints": ["supervisors"],
                "routing": {
                    "offer_seconds": OFFER_SECONDS,
                    "language_relaxed_after_seconds": None,
                },
            }
        }
    },
}

type Customer = WhatsAppCustomer | TelegramCustomer


@dataclass(frozen=True)
class Account:
    """What somebody signs in with, and who they are at the desk."""

    role: str
    person: Person
    agent_id: str
    name: str


class Office:
    def __init__(self, desk: DrivenDesk, chromium: Browser) -> None:
        self.desk = desk
        self._key = desk.laptop.conversation_key()
        self._chromium = chromium
        self._windows = ExitStack()
        self._accounts: list[Account] = []
        self._conversations: set[str] = set()
        self._watches: list[Window] = []

    # --- agents -------------------------------------------------------------------------------

    def engage(self, name: str, *groups: str, queues: tuple[str, ...] = ("default",)) -> Account:
        """Give somebody an account, and a profile if they are to talk with customers."""
        role = f"{name.lower()}-{secrets.token_hex(4)}"
        groups = groups or ("agent",)
        person = Person(f"{role}@example.org", groups)
        token = self.desk.stack.tokens[role] = self.desk.laptop.engage(person)
        self.desk.private.add(person.email)
        self.desk.passwords[role] = person.password
        account = Account(role, person, agent_id_in(token), name)
        self._accounts.append(account)
        if {"agent", "supervisor"} & set(groups):
            profile = {"display_name": name, "queues": list(queues), "languages": ["it", "en"]}
            self.desk.ask("PUT", f"/agents/{account.agent_id}", profile, role="supervisor").expect(
                200
            )
            self.ask(account, "PUT", "/agents/me/endpoints/page", {"notifier": "websocket"}).expect(
                200
            )
        return account

    def sit_down(
        self,
        account: Account,
        look: Look = Look(),  # noqa: B008 -- frozen
        *,
        prepare: Callable[[Page], object] = lambda _page: None,
    ) -> DeskPage:
        """Open a browser, prepared as the test wants it, and sign in at the desk."""
        window = self._windows.enter_context(Window.open(self._chromium, look))
        self._watches.append(window)
        page = DeskPage(window, window.page(), account.person, self.desk.stack.desk_url)
        prepare(page.page)
        page.open()
        page.sign_in()
        return page

    def at_work(self, name: str, *groups: str, look: Look = Look()) -> DeskPage:  # noqa: B008 -- frozen
        """Let somebody new sign in, and start work."""
        page = self.sit_down(self.engage(name, *groups), look)
        page.start_work()
        return page

    def ask(self, account: Account, method: str, path: str, document: Any = None) -> Answer:
        """Call the agent API as somebody does who needs no page."""
        return self.desk.ask(
            method,
            path,
            document,
            role=account.role,
            headers={"Idempotency-Key": secrets.token_hex(8)},
        )

    def account_of(self, page: DeskPage) -> Account:
        return next(each for each in self._accounts if each.person is page.person)

    # --- customers ----------------------------------------------------------------------------

    def customer(self, name: str = "") -> WhatsAppCustomer:
        """Return somebody who has not written yet, under a name that nobody else has."""
        made = self.desk.whatsapp_customer()
        customer = WhatsAppCustomer(made.stack, made.phone, name) if name else made
        self._conversations.add(self.conversation_of(customer))
        return customer

    def telegram_customer(self, name: str = "") -> TelegramCustomer:
        customer = self.desk.telegram_customer()
        customer.name = name or customer.name
        self._conversations.add(self.conversation_of(customer))
        return customer

    def waiting(self, name: str = "", *more: str) -> WhatsAppCustomer:
        """Return a customer who asked for a person, and said more."""
        customer = self.customer(name)
        for text in (ASKS_FOR_PERSON, *more):
            customer.write(text)
        self.desk.await_sent(customer)
        return customer

    def conversation_of(self, customer: Customer) -> str:
        if isinstance(customer, WhatsAppCustomer):
            channel, account, address = "whatsapp", WHATSAPP_ACCOUNT, customer.phone
        else:
            channel, account, address = "telegram", TELEGRAM_BOT, str(customer.user_id)
        return conversation_id(self._key, channel, account, f"{channel}:{address}")

    def times_sent(self, customer: Customer, text: str) -> int:
        """Count how often a customer was sent a text."""
        return [said_in(call) for call in self.desk.sent_to(customer)].count(text)

    def had_by(self, account: Account, *customers: Customer) -> None:
        """Let an agent have these conversations, by the API."""
        for customer in customers:
            path = f"/conversations/{self.conversation_of(customer)}/accept"
            self.ask(account, "POST", path, {"over_capacity": True}).expect(200)

    # --- the end ------------------------------------------------------------------------------

    def complaints(self) -> list[str]:
        return [line for window in self._watches for line in window.watch.complaints()]

    def go_home(self) -> None:
        self._windows.close()
        for account in self._accounts:
            self.ask(account, "PUT", "/agents/me/presence", {"presence": "offline"})
        for name in self._conversations:
            wait_until(partial(self._settle, name), seconds=PATIENCE_SECONDS, what=f"end of {name}")

    def _settle(self, name: str) -> bool:
        """Tell whether it is settled; a desk that is busy refuses, and is to be asked again."""
        # Of those who never wrote, and of what is settled, there is nothing to settle.
        return all(
            self.desk.act(name, what, role="supervisor").status in {200, 404, 409}
            for what in ("take-over", "resolve")
        )
