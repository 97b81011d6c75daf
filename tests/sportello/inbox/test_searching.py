"""Whatever was written is found by its words, by whoever may see it, and by nobody else."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.conversation.people_commands import WriteDown
from sportello.conversation.state import Owner
from sportello.inbox import searching
from sportello.inbox.keeping_words import KeepingWords
from sportello.inbox.searching import Hits, Searching
from sportello.inbox.word_request import ItemToRead, KeepWordsRequest
from sportello.inbox.words import words_of
from sportello.messaging.items import Echo, Edit, Revoke
from sportello.table.inbound.inbound_items import InboundRecord
from sportello.table.inbox.word_items import tag_entries
from sportello.table.items import state_attributes
from support import builders
from support.builders import KEY, a_message, an_address, an_inbound_record, an_item
from support.clouds.staffed_desk import StaffedDesk, staffed_desk
from support.clouds.table import all_items

RETENTION = timedelta(days=400)


@pytest.fixture
def office() -> Iterator[StaffedDesk]:
    with staffed_desk() as ours:
        yield ours


def write(office: StaffedDesk, name: str, text: str, number: int = 1, **changes: Any) -> None:
    """A customer writes, which is applied; its words are kept."""
    message = a_message(text, number, sent_at=office.now, **changes)
    record = an_inbound_record(message, conversation=name)
    office.table.put_inbound(record, b"")
    received = builders.receive(an_item(record.item_id, office.now), turn_id=f"turn-{number}")
    address = an_address(display_name=message.display_name)
    office.ask(name, received, address)
    keep(office, (name, InboundRecord.sort_key(record.item_id)))


def keep(office: StaffedDesk, *references: tuple[str, str]) -> int:
    items = [ItemToRead(conversation_id=name, sort_key=part) for name, part in references]
    request = KeepWordsRequest(items=tuple(items))
    return KeepingWords(office.table, KEY, RETENTION).keep(request)


def look(office: StaffedDesk, query: str, after: str = "", limit: int = 50) -> Hits:
    return Searching(office.table, lambda: KEY, lambda _: True).search(query, after, limit)


def names(office: StaffedDesk, query: str) -> list[str]:
    return [hit.row.conversation_id for hit in look(office, query).hits]


def test_a_message_is_found_by_its_words_whatever_their_form(office: StaffedDesk) -> None:
    write(office, "c1", "Il mio pàcco è arrivato rotto")
    write(office, "c2", "Dov'è il mio pacco?", 2)
    assert set(names(office, "PACCO")) == {"c1", "c2"}
    assert names(office, "pacco rotto") == ["c1"]
    assert names(office, "pacco perduto") == []
    (hit,) = look(office, "rotto").hits
    assert hit.snippet == "Il mio pàcco è arrivato rotto"
    assert hit.day == "2026-03-04"


def test_words_of_one_conversation_need_not_stand_in_one_message(office: StaffedDesk) -> None:
    write(office, "c1", "Il pacco è rotto")
    office.pass_time(3 * 86_400)
    write(office, "c1", "Vorrei un rimborso", 2)
    (hit,) = look(office, "pacco rimborso").hits
    assert hit.day == "2026-03-07"


def test_a_customer_is_found_by_the_beginning_of_a_name_and_by_their_handles(
    office: StaffedDesk,
) -> None:
    changes: Any = {"display_name": "Giulia De Santis", "other_handles": ("fake_user:IT.99",)}
    write(office, "c1", "Ciao", 1, handle="fake:393331234567", **changes)
    for query in ("giu", "Giulia", "SANTI", "giulia santis", "+39 333 1234567", "it.99"):
        assert names(office, query) == ["c1"], query
    assert names(office, "393331234568") == []
    (hit,) = look(office, "giulia").hits
    assert hit.row.name == "Giulia De Santis"
    assert hit.snippet == ""


def test_what_agents_write_is_found_too(office: StaffedDesk) -> None:
    write(office, "c1", "Ciao")
    office.ask("c1", builders.request_human())
    office.ask("c1", builders.accept())
    office.ask("c1", builders.reply(text="Ecco il rimborso"))
    office.ask("c1", WriteDown(agent_id="anna", key="note:1", text="Cliente storico"))
    effects = [item["sk"]["S"] for item in office.items("effect")]
    keep(office, *(("c1", key) for key in effects))
    assert look(office, "rimborso").hits[0].snippet == "Ecco il rimborso"
    assert look(office, "storico").hits[0].snippet == "Cliente storico"


def test_a_conversation_is_found_by_its_id(office: StaffedDesk) -> None:
    write(office, builders.CONVERSATION, "Ciao")
    assert names(office, builders.CONVERSATION) == [builders.CONVERSATION]
    assert names(office, "0" * 32) == []


def test_who_may_not_see_it_does_not_find_it(office: StaffedDesk) -> None:
    write(office, builders.CONVERSATION, "Il pacco", display_name="Giulia")
    blind = Searching(office.table, lambda: KEY, lambda _: False)
    for query in ("pacco", "giulia", "customer-1", builders.CONVERSATION):
        assert blind.search(query, "", 10).hits == ()


def test_another_deployment_s_key_finds_nothing(office: StaffedDesk) -> None:
    write(office, "c1", "Il pacco")
    assert Searching(office.table, lambda: b"?", lambda _: True).search("pacco", "", 10).hits == ()


def test_no_key_and_no_attribute_holds_a_word(office: StaffedDesk) -> None:
    write(office, "c1", "Coccodrillo", display_name="Giulia", handle="fake:393331234567")
    kept = [item for item in all_items(office.table) if item["entity"]["S"] in {"word", "names"}]
    assert kept
    for word in ("coccodrillo", "giulia", "giu", "393331234567"):
        assert word not in str(kept).lower()


def test_what_is_kept_again_stands_once(office: StaffedDesk) -> None:
    write(office, "c1", "Il pacco", display_name="Giulia")
    before = all_items(office.table)
    keep(office, *(("c1", item["sk"]["S"]) for item in office.items("inbound")))
    assert all_items(office.table) == before


def test_names_are_kept_anew_when_they_change_or_a_month_has_passed(office: StaffedDesk) -> None:
    write(office, "c1", "Pacco", display_name="Giulia")
    names_kept = len(office.items("word"))
    write(office, "c1", "Pacco", 2, display_name="Giulia")
    assert len(office.items("word")) == names_kept
    write(office, "c1", "Pacco", 3, display_name="Letizia")
    assert names(office, "letizia") == ["c1"]
    office.pass_time(31 * 86_400)
    write(office, "c1", "Pacco", 4, display_name="Letizia")
    assert look(office, "letizia").hits[0].day == "2026-04-04"


def an_echo(text: str) -> InboundRecord:
    """What the business wrote on its own telephone."""
    names = {"account_id", "handle", "reply_to", "sent_at"}
    common = a_message("", 9).model_dump(include=names)
    telephone = {"provider_item_id": "echo", "provider_message_id": "echo", "text": text}
    return an_inbound_record(Echo.model_validate(common | telephone), conversation="c1")


def test_names_are_not_kept_anew_by_what_does_not_tell_them(office: StaffedDesk) -> None:
    write(office, "c1", "Pacco", display_name="Giulia")
    before = office.items("names")
    echo = an_echo("Eccolo")
    office.table.put_inbound(echo, b"")
    assert keep(office, ("c1", InboundRecord.sort_key(echo.item_id))) == 1
    assert office.items("names") == before


@pytest.mark.parametrize("echo_is_first", [True, False])
def test_names_are_kept_whatever_else_comes_with_them(
    office: StaffedDesk, *, echo_is_first: bool
) -> None:
    message = an_inbound_record(a_message("Pacco", display_name="Giulia"), conversation="c1")
    both = [message, an_echo("Eccolo")]
    for record in both:
        office.table.put_inbound(record, b"")
    references = [("c1", InboundRecord.sort_key(record.item_id)) for record in both]
    keep(office, *(reversed(references) if echo_is_first else references))
    (mark,) = office.items("names")
    digest = mark["digest"]
    keep(office, references[0])
    assert office.items("names")[0]["digest"] == digest


def test_a_word_leads_to_the_last_text_that_has_it_in_whatever_order_they_are_read(
    office: StaffedDesk,
) -> None:
    write(office, "c1", "Il pacco")
    office.pass_time(60)
    write(office, "c1", "Il pacco rotto", 2)
    references = [("c1", item["sk"]["S"]) for item in office.items("inbound")]
    for together in (references, references[::-1]):
        keep(office, *together)
        assert look(office, "pacco").hits[0].snippet == "Il pacco rotto"


def test_who_was_only_written_to_is_found_by_their_handle(office: StaffedDesk) -> None:
    echo = an_echo("Eccolo")
    office.table.put_inbound(echo, b"")
    keep(office, ("c1", InboundRecord.sort_key(echo.item_id)))
    (mark,) = office.items("names")
    assert mark["kept_on"] == {"S": "2026-03-04"}


def test_the_words_of_an_edit_are_found(office: StaffedDesk) -> None:
    write(office, "c1", "Pacco")
    edit = Edit.model_validate(
        a_message("Valigia", 2).model_dump(include={"account_id", "handle", "reply_to", "sent_at"})
        | {"provider_item_id": "e", "original_message_id": "message-1", "text": "Valigia"}
    )
    record = an_inbound_record(edit, conversation="c1")
    office.table.put_inbound(record, b"")
    keep(office, ("c1", InboundRecord.sort_key(record.item_id)))
    assert names(office, "valigia") == ["c1"]


def test_what_a_customer_takes_back_is_found_no_more(office: StaffedDesk) -> None:
    write(office, "c1", "Pacco segreto", display_name="Giulia")
    write(office, "c1", "Il pacco", 2, display_name="Giulia")
    take_back(office, "c1", 1)
    assert names(office, "segreto") == []
    assert names(office, "giulia") == ["c1"]


def take_back(office: StaffedDesk, name: str, *numbers: int) -> None:
    common = a_message("", 3).model_dump(include={"account_id", "handle", "reply_to", "sent_at"})
    references = []
    for number in numbers:
        names = {"provider_item_id": f"r-{number}", "original_message_id": f"message-{number}"}
        record = an_inbound_record(Revoke.model_validate(common | names), conversation=name)
        office.table.put_inbound(record, b"")
        references.append((name, InboundRecord.sort_key(record.item_id)))
    keep(office, *references)


@pytest.mark.parametrize("number", [1, 2])
def test_what_others_say_of_the_same_day_is_found_as_before(
    office: StaffedDesk, number: int
) -> None:
    texts = {1: "Il pacco segreto", 2: "Il pacco nascosto"}
    for each, text in texts.items():
        write(office, "c1", text, each)
    take_back(office, "c1", number)
    (hit,) = look(office, "pacco").hits
    assert hit.snippet == texts[3 - number]


def test_what_is_taken_back_together_is_gone_together(office: StaffedDesk) -> None:
    write(office, "c1", "Il pacco segreto")
    write(office, "c1", "Il pacco nascosto", 2)
    take_back(office, "c1", 1, 2)
    assert names(office, "pacco") == []


def test_an_answer_of_the_same_day_is_found_by_words_that_its_customer_took_back(
    office: StaffedDesk,
) -> None:
    write(office, "c1", "Buongiorno")
    office.ask("c1", WriteDown(agent_id="anna", text="Il pacco è qui", key="note:1"))
    keep(office, ("c1", "FX#note:1"))
    write(office, "c1", "Il pacco segreto", 2)
    take_back(office, "c1", 2)
    (hit,) = look(office, "pacco").hits
    assert hit.snippet == "Il pacco è qui"


def test_a_customer_called_like_what_they_took_back_is_still_found(office: StaffedDesk) -> None:
    write(office, "c1", "Sono Giulia", display_name="Giulia")
    take_back(office, "c1", 1)
    assert names(office, "giulia") == ["c1"]


def test_a_tag_leads_to_those_that_have_it(office: StaffedDesk) -> None:
    for name in ("c1", "c2"):
        write(office, name, "Pacco")
        for item in tag_entries(name, ["vip"], office.now):
            office.put(item)
    tag(office, "c1", "vip")
    assert names(office, "#vip") == ["c1"]
    assert names(office, "vip") == ["c1"]


def tag(office: StaffedDesk, name: str, *tags: str) -> None:
    state = office.state(name)
    tagged = type(state).model_validate({**dict(state), "tags": tags})
    office.put(state_attributes(name, tagged))


def test_what_goes_on_elsewhere_is_found_there(office: StaffedDesk) -> None:
    write(office, "c1", "Il pacco")
    write(office, "c2", "Ciao", 2)
    moved = office.state("c1").model_copy(update={"moved_to": "c2", "turn": None, "owner": Owner()})
    office.put(state_attributes("c1", moved))
    assert names(office, "pacco") == ["c2"]


def test_a_list_goes_on_where_it_ended(office: StaffedDesk) -> None:
    for number in range(7):
        write(office, f"c{number}", "Il pacco", number)
    seen, after = [], ""
    while True:
        page = look(office, "pacco", after, 3)
        seen += [hit.row.conversation_id for hit in page.hits]
        after = page.goes_on_after
        if not after:
            break
    assert sorted(seen) == [f"c{number}" for number in range(7)]


def test_a_word_that_occurs_too_often_says_so(
    office: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_ENTRIES", 3)
    for number in range(5):
        write(office, f"c{number}", "Il pacco", number)
    page = look(office, "pacco")
    assert page.bounded
    assert len(page.hits) == 3
    assert not look(office, "perduto").bounded


def test_a_call_looks_through_so_many_and_goes_on(
    office: StaffedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "LOOKED_THROUGH", 4)
    for number in range(6):
        write(office, f"c{number}", "Il pacco", number)
        office.pass_time(1)
    in_order = [hit.row.conversation_id for hit in look(office, "pacco", limit=4).hits]
    after = look(office, "pacco", limit=4).goes_on_after
    in_order += [hit.row.conversation_id for hit in look(office, "pacco", after).hits]
    last = office.state(in_order[-1])
    only_last = Searching(office.table, lambda: KEY, lambda state: state == last)
    page = only_last.search("pacco", "", 2)
    assert (page.hits, page.goes_on_after) == ((), after)
    assert after.partition("#")[2] not in in_order
    page = only_last.search("pacco", after, 2)
    assert [hit.row.conversation_id for hit in page.hits] == in_order[-1:]


def test_who_may_not_see_whose_number_it_is_finds_who_wrote_it(office: StaffedDesk) -> None:
    write(office, "c1", "Ciao", handle="fake:393331234567")
    write(office, "c2", "Chiamate il 393331234567", 2, handle="fake:other")
    second = office.state("c2")
    only_second = Searching(office.table, lambda: KEY, lambda state: state == second)
    hits = only_second.search("393331234567", "", 10).hits
    assert [hit.row.conversation_id for hit in hits] == ["c2"]


WORDS = ("pacco", "rotto", "rimborso", "negozio", "fattura")
texts = st.dictionaries(
    st.sampled_from(["c1", "c2", "c3"]),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), max_size=3),
)


@settings(max_examples=30, deadline=None)
@given(texts, st.lists(st.sampled_from(WORDS), min_size=1, max_size=3))
def test_those_are_found_that_have_all_the_words(
    written: Mapping[str, list[list[str]]], sought: list[str]
) -> None:
    with staffed_desk() as office:
        number = 0
        for name, messages in written.items():
            for words in messages:
                number += 1
                write(office, name, " ".join(words), number)
        expected = {
            name
            for name, messages in written.items()
            if set(sought) <= {word for words in messages for word in words_of(" ".join(words))}
        }
        assert set(names(office, " ".join(sought))) == expected
