"""Whether a customer asks to talk to a person: the way out of the bot that must always work."""

import re
from typing import NamedTuple

from sportello.language.detection import Language, words

_READ_CHARACTERS = 2_000


class _Wording(NamedTuple):
    """How one language asks. Texts are matched as folded words, one space apart: "c e", "don t"."""

    people: frozenset[str]
    """Words that name somebody to talk to."""
    wrapping: frozenset[str]
    """Words that may surround one of `people` in a text that asks for nothing else."""
    asks: str
    """Pattern of an outright request, anywhere in a longer text; compiled at its first use."""
    refuses: str
    """Pattern of the same words, declined."""


_IT_PERSON = (
    r"(?:(?:un|uno|una|il|lo|la|l|i|gli|dei|qualche|vostr[oa]|vostri|vero|vera) ){0,3}"
    r"(?:operator[ei]|operatrice|uman[oi]|esser[ei] uman[oi]|persona|persone|addett[oai]"
    r"|consulente|collega|colleghi|impiegat[oa]|responsabile|commess[oa]|tecnico|assistenza"
    r"|servizio clienti|qualcuno|uno di voi)\b"
)
_IT_SURELY_A_PERSON = (
    r"(?:un |una |uno |il |l |la )?"
    r"(?:operatore|operatrice|operatori|umano|essere umano|addetto|persona (?:vera|reale|umana))\b"
)
_EN_PERSON = (
    r"(?:(?:an|a|the|your|one of your|some|any|real|actual|live|human|support|customer"
    r"|customer service|service|different|another) ){0,3}"
    r"(?:humans?|human being|person|people|agents?|operators?|representatives?|rep|someone"
    r"|somebody|advis[eo]r|colleague|staff|manager|supervisor|customer service|customer support"
    r"|support team)\b(?! (?:data|information|at the|who))"
)
_EN_SURELY_A_PERSON = (
    r"(?:an? |the |some |any )?(?:(?:real|actual|live) )?(?:human|human being|human agent"
    r"|live agent|support agent|real agent|real person|actual person|real people|live person"
    r"|operator|representative)\b(?! (?:size|hair|error|resources))"
)

_WORDING: dict[Language, _Wording] = {
    "it": _Wording(
        people=frozenset("operatore operatrice umano umana persona addetto consulente".split()),
        wrapping=frozenset(
            """
            ciao buongiorno buonasera salve si ok no allora e un una uno il l la con ad a di d mi
            me serve servirebbe voglio vorrei desidero posso potrei possibile avere parlare parlo
            parla chiamate chiamatemi passami passatemi passi c ce qualche vera vero reale essere
            subito adesso ora urgente per favore piacere cortesia prego grazie bisogno ho solo
            """.split()
        ),
        asks=(
            rf"\b(?:parlare|parlarne|parlo|discutere|discuterne|chattare|comunicare|conferire)"
            rf" (?:\w+ ){{0,2}}?con {_IT_PERSON}"
            rf"|\b(?:passami|passatemi|passarmi|passi|passate|datemi|mi dia|chiamatemi|chiamate)"
            rf" (?:subito |ora |adesso )?{_IT_PERSON}"
            rf"|\b(?:in contatto|in comunicazione) con {_IT_PERSON}"
            rf"|\b(?:contattat[oa]|ricontattat[oa]|richiamat[oa]|contattare|richiamare)"
            rf" da {_IT_PERSON}"
            rf"|\b(?:voglio|vorrei|desidero|preferisco|preferirei|chiedo|pretendo|serve|servirebbe"
            rf"|bisogno di|bisogno d|posso avere|potrei avere|c e) {_IT_SURELY_A_PERSON}"
            r"|\bnon (?:voglio|vorrei|intendo) (?:piu )?(?:parlare|scrivere|chattare)"
            r" (?:con|a) (?:un |una |il |la |questo |questa )?"
            r"(?:bot|robot|chatbot|macchina|computer|risponditore)\b"
        ),
        refuses=(
            r"\bnon (?:voglio|vorrei|desidero|(?:mi )?serve|ho bisogno|c e bisogno|occorre)"
            rf" (?:piu )?(?:di |d )?(?:parlare con )?{_IT_PERSON}"
        ),
    ),
    "en": _Wording(
        people=frozenset(
            "human humans agent agents operator representative person someone somebody".split()
        ),
        wrapping=frozenset(
            """
            hi hello hey ok yes no so a an the any some i me my d want need wanna would like to can
            could may we you please pls get give have talk speak chat with real actual live being
            support connect transfer pass put through is there now asap urgently thanks thank just
            """.split()
        ),
        asks=(
            rf"\b(?:talk|speak|chat) (?:\w+ )?(?:to|with) {_EN_PERSON}"
            rf"|\b(?:connect|transfer|forward|put|pass|hand|switch|redirect|escalate)"
            rf" (?:me|us|this|it) (?:over |through |on |in touch ){{0,2}}(?:to|with) {_EN_PERSON}"
            rf"|\b(?:called|called back|contacted|helped) by {_EN_PERSON}"
            rf"|\b(?:want|need|like|prefer|demand|request|get me|give me|can i have|could i have"
            rf"|may i have|is there|are there) {_EN_SURELY_A_PERSON}"
            r"|\b(?:don t|dont|do not) (?:want|wish) to (?:talk|speak|chat|write|deal)"
            r" (?:to|with) (?:an? |the |this )?(?:bot|robot|chatbot|machine|computer)\b"
        ),
        refuses=(
            r"\b(?:don t|dont|do not|no|needn t) (?:want |need |wish )?"
            rf"(?:to )?(?:(?:talk|speak|chat) (?:to |with ))?{_EN_PERSON}"
        ),
    ),
}


def asks_for_a_person(text: str, language: Language) -> bool:
    """Tell a request for a person from the mere mention of one: "the operator told me ..."."""
    wording = _WORDING[language]
    said = words(text[:_READ_CHARACTERS])
    spoken = set(said)
    if spoken & wording.people and spoken <= wording.people | wording.wrapping:
        return True
    undeclined = re.sub(wording.refuses, " ", " ".join(said))
    return re.search(wording.asks, undeclined) is not None
