"""Which of the two shipped languages a customer is writing in, from very short texts."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

Language = Literal["it", "en"]
LANGUAGES: tuple[Language, ...] = ("it", "en")
DEFAULT_LANGUAGE: Language = "it"

_READ_CHARACTERS = 2_000

# Words only one of the two languages uses, accents folded. Words they share ("no", "come", "me",
# "per", "in", "a", "i") and English that Italians type every day ("ok", "app", "account",
# "password", "email", "link", "chat", "login", "tracking", "online") are evidence of nothing.
_EVIDENCE: dict[Language, frozenset[str]] = {
    "it": frozenset(
        """
        il lo la gli le un una uno di del dello della dei degli delle da dal dalla dallo dai dalle
        al allo alla agli alle nel nello nella nei nelle sul sulla con col su tra fra e ed o od
        ma se che chi cui non mi ti ci vi si io tu lui lei noi voi loro mio mia miei mie tuo tua suo
        sua nostro nostra vostro vostra vostri vostre questo questa questi queste quello quella
        quelli quelle sono sei siamo siete era ero ho hai ha abbiamo avete hanno avevo aveva
        stato stata essere avere fare faccio fa fate fatto posso puo puoi possiamo potete potrei
        potrebbe poter potere voglio vuole volevo vorrei vogliamo devo deve dovrei serve servono
        sapere sapete perche perch quando dove dov quanto quanta quanti quante quale quali qual
        cosa cos com anche ancora sempre mai gia piu meno molto poco tutto tutti niente nulla
        nessuno qualcuno qualcosa adesso ora oggi domani ieri dopo prima poi fino entro qui qua
        subito bene si ciao salve buongiorno buonasera buonanotte buona grazie prego scusi scusa
        scusate mille favore cortesia aiuto aiutami aiutarmi aiutate bisogno problema ordine
        ordinato ordinare pacco spedizione spedito spedite consegna consegnato arriva arrivato
        arrivata rimborso reso restituire fattura pagamento pagare pagato prezzo costa costo orari
        orario apertura aperti aperto chiuso chiusi negozio indirizzo cambiare taglia funziona rotto
        rotta numero parlare persona operatore sbagliato sbagliata annullare disponibile tempi
        giorni settimana lunedi martedi mercoledi giovedi venerdi sabato domenica arrivederci
        cordiali saluti perfetto capito certo assistenza domanda informazione informazioni risposta
        """.split()
    ),
    "en": frozenset(
        """
        the an of to and or but not is are was were be been being am im its you your yours
        we our ours they their them he she his her my mine this that these those there here have has
        had having do does did doing done don doesn didn isn aren wasn can cannot could will would
        shall should must may might what when where which who whom why how if because about from
        with without for at by on into out over after before since until than then too very just
        only also still yet already again now today tomorrow yesterday never always any some all
        none nothing anything something someone anyone every each much many more most less please
        thanks thank thankyou cheers hi hello good morning afternoon evening night bye goodbye
        yes yeah yep nope sorry help need want wanna get got give take make know tell ask asked
        order orders ordered ordering package parcel shipping shipped ship delivery deliver
        delivered arrive arrived arrives refund refunded return returns returned invoice receipt
        payment pay paid price cost costs much hours open opening closed closing store address
        change size broken working work works wrong cancel available days week monday tuesday
        wednesday thursday friday saturday sunday talk speak person human agent someone issue
        problem question answer information customer service support warranty item money long let
        like great perfect understood sure
        """.split()
    ),
}


def folded(text: str) -> str:
    """Lower case without accents, one kind of apostrophe, so that "Perché" reads "perche"."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """Return the words of a text, folded; an apostrophe parts them, digits belong to none."""
    return re.findall(r"[^\W\d_]+", folded(text))


def detect(text: str, hints: Sequence[str] = ()) -> Language:
    """Tell what a text is written in; where it does not say, the first hint that names a language.

    Hints are language tags, best first: an earlier decision, then a provider's "it-IT" or "en_US".
    Tags of languages not shipped are passed over.
    """
    evidence = set(words(text[:_READ_CHARACTERS]))
    italian, english = (len(evidence & _EVIDENCE[language]) for language in LANGUAGES)
    if italian != english:
        return "it" if italian > english else "en"
    for hint in hints:
        primary = hint.replace("_", "-").partition("-")[0].strip().lower()
        for language in LANGUAGES:
            if primary == language:
                return language
    return DEFAULT_LANGUAGE
