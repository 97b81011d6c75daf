import pytest

from sportello.bot.human_request import asks_for_a_person
from sportello.language.languages import Language, languages
from sportello.language.texts import text

ASKING: list[tuple[Language, str]] = [
    ("it", "operatore"),
    ("it", "Operatore!!!"),
    ("it", "operatore umano, per favore"),
    ("it", "PERSONA"),
    ("it", "voglio parlare con una persona"),
    ("it", "Buongiorno, vorrei parlare con un operatore perché il pacco è rotto"),
    ("it", "posso parlare con qualcuno?"),
    ("it", "perché non posso parlare con una persona?"),
    ("it", "c'è un operatore?"),
    ("it", "c\u2019è una persona vera lì?"),
    ("it", "mi passi un operatore"),
    ("it", "passami il responsabile"),
    ("it", "mi può mettere in contatto con un addetto?"),
    ("it", "parlo con una persona? non con un bot"),
    ("it", "ho bisogno di un operatore umano subito"),
    ("it", "vorrei un essere umano"),
    ("it", "vorrei essere richiamato da un vostro consulente"),
    ("it", "non voglio parlare con un robot"),
    ("it", "Non voglio parlare con un bot, voglio un umano"),
    ("it", "ordine 4821\nho già scritto tre volte\nvoglio un operatore"),
    ("en", "agent"),
    ("en", "Human please!"),
    ("en", "real person"),
    ("en", "I want a human"),
    ("en", "I'd like to talk to a real person"),
    ("en", "talk to an agent"),
    ("en", "can I speak with someone?"),
    ("en", "Could you please connect me to a customer service representative"),
    ("en", "put me through to your manager"),
    ("en", "is there anybody? I need a human to look at my order"),
    ("en", "I don't want to talk to a bot"),
    ("en", "get me an operator now"),
    ("en", "why can't I talk to a person?"),
    ("en", "I want to be contacted by a colleague"),
    ("en", "order 4821\nI wrote three times\ncan I have a live agent"),
]
NOT_ASKING: list[tuple[Language, str]] = [
    ("it", ""),
    ("it", "sono una persona alta, che taglia mi consiglia?"),
    ("it", "cancellate i miei dati personali"),
    ("it", "il mio operatore telefonico mi ha cambiato numero"),
    ("it", "l'operatore mi ha detto di aspettare"),
    ("it", "ho già parlato con un operatore ieri"),
    ("it", "non voglio parlare con un operatore, mi dica solo gli orari"),
    ("it", "non ho bisogno di un operatore"),
    ("it", "quante persone possono usarlo?"),
    ("it", "lavoro come consulente"),
    ("it", "ritiro di persona in negozio"),
    ("it", "si può regalare a una persona?"),
    ("it", "grazie, per favore"),
    ("en", ""),
    ("en", "delete my personal data"),
    ("en", "I am a travel agent"),
    ("en", "I work for a real estate agent in Rome"),
    ("en", "the agent told me to wait"),
    ("en", "I spoke to an agent yesterday"),
    ("en", "I don't need to talk to an agent"),
    ("en", "no agent needed, thanks"),
    ("en", "do you sell human hair wigs? I need human hair"),
    ("en", "how many people can use it?"),
    ("en", "a tent for one person"),
    ("en", "someone stole my parcel"),
    ("en", "please thank you"),
]


@pytest.mark.parametrize(("language", "said"), ASKING)
def test_a_request_for_a_person_is_heard(language: Language, said: str) -> None:
    assert asks_for_a_person(said, language)


@pytest.mark.parametrize(("language", "said"), NOT_ASKING)
def test_the_mention_of_a_person_is_no_request(language: Language, said: str) -> None:
    assert not asks_for_a_person(said, language)


@pytest.mark.parametrize("language", languages())
def test_our_own_button_is_a_request(language: Language) -> None:
    assert asks_for_a_person(text("talk_to_person_button", language), language)


@pytest.mark.parametrize("language", languages())
def test_an_endless_text_is_read_in_bounded_time(language: Language) -> None:
    assert not asks_for_a_person("parlare con un il la talk to the a " * 10_000, language)
