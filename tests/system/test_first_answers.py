import time

import pytest

from local.customers import post_whatsapp
from local.observing import wait_until
from local.web import call
from support.driven_desk import DrivenDesk, conversation_in, said_in

pytestmark = pytest.mark.system

QUESTION = "Quanto tempo ci vuole per la consegna?"


def test_a_known_question_is_answered_in_the_customers_language(desk, measured):
    customer = desk.whatsapp_customer()
    started = time.monotonic()
    customer.write(QUESTION)
    answer = said_in(desk.await_sent(customer))
    measured(f"{time.monotonic() - started:6.1f} s  first answer, functions cold")
    assert answer.startswith("Buongiorno, sono l'assistente automatico.")
    english = desk.whatsapp_customer()
    started = time.monotonic()
    english.write("How long does delivery take?")
    answer = said_in(desk.await_sent(english))
    measured(f"{time.monotonic() - started:6.1f} s  first answer, functions warm")
    assert answer.startswith("Hello, I am the automatic assistant.")
