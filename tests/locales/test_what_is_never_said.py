"""What no text may say, in either language (requirements S05, S12, S32)."""

import re
from dataclasses import dataclass

import pytest

from tests.locales.texts import Text, bambara, french

# The texts that may lie open on a screen: after leaving, and in a notification.
SEEN_BY_ANYBODY = (
    "phrases/neutral",
    "phrases/first_line",
    "phrases/late",
    "phrases/not_open",
    "phrases/private",
)

TELLING_WORDS = re.compile(
    r"violen|\bviol|vbg|sexe|sexuel|\babus|agress|harc[eè]l|battu|frapp|victime|surviv"
    r"|police|gendarm|plainte|justice|\bjuge|avocat|refuge|h[eé]berg|abri\b|danger|urgence"
    r"|\baide|sant[eé]|soin|m[eé]dec|h[oô]pital|vih|grossesse|excision|mariage|secret|effac"
    r"|jigi|onu\b|minusma|one stop|genre|femme"
    r"|ɲangata|ɲankata|bin+kan|diyagoya|kafoɲɔgɔnya|kojugu|bugɔ|tɔɔrɔ|polisi|zandar|kiiri|kiriti"
    r"|lakana|lafasa|farati|dɛmɛ|kɛnɛya|fura|dɔgɔtɔrɔ|lopitali|kɔnɔmaya|bolokoli|\bfuru|gundo"
    r"|jɔsi|muso|josira|maloya",
    re.IGNORECASE,
)

# What a helper is told NOT to say is quoted in one text; the quotation says it, we don't.
_QUOTED_AS_WRONG = re.compile(r"(?:Ne dites pas|Kana a fɔ)[^\n]*")


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A kind of sentence that no text may have, with one that it must catch."""

    why: str
    pattern: str
    example: str

    def in_text(self, words: str) -> bool:
        return re.search(self.pattern, words, re.IGNORECASE) is not None


_ABOUT_YOU = r"(nom|pr[eé]nom|[âa]ge|adresse|num[eé]ro|t[eé]l[eé]phone)"
FORBIDDEN = (
    Forbidden("promises safety", r"\bvous (êtes|serez|restez) (maintenant )?(en s[eé]curit|prot)",
              "Vous serez en sécurité là-bas."),
    Forbidden("promises an outcome", r"tout (va |ira )\w*\s?bien|ça va aller|tout s'arrange",
              "Courage, tout ira bien."),
    Forbidden("promises", r"\b(promets|promettons|garanti\w*|sans (aucun )?risque|ne risquez rien)",
              "C'est garanti."),
    Forbidden("promises justice", r"\bsera (puni|arrêt|condamn|jug[eé])", "Il sera puni."),
    Forbidden("promises secrecy it can't keep", r"personne ne (saura|pourra)|\banonyme",
              "Personne ne saura."),
    Forbidden("tells to confront", r"\b(confronte|affronte|d[eé]fendez-vous|vengez|r[eé]sistez|"
              r"parlez-lui|dites-lui|pardonne[zr])", "Parlez-lui calmement."),
    Forbidden("tells to leave somebody", r"\b(quitte[zr]|laisse[zr]) (le|la|lui|votre|ton)\b(?! t)",
              "Quittez votre mari."),
    Forbidden("tells to report", r"\b(portez plainte|d[eé]noncez|signalez|allez (à|chez) la "
              r"(police|gendarmerie)|(devez|faut) (porter|d[eé]noncer|signaler))",
              "Vous devez porter plainte."),
    Forbidden("asks why", r"\bpourquoi\b", "Pourquoi êtes-vous là ?"),
    Forbidden("asks for details", r"\b(racontez|d[eé]crivez|expliquez|que s'est|qu'est-il arriv|"
              r"qui vous a|qui a fait (ça|cela)|comment (cela|ça|c'est)|quand (cela|ça|c'est))",
              "Que s'est-il passé ?"),
    Forbidden("asks for a name, an age or an address",
              rf"(quel(le)? est|donnez|dites|[eé]crivez|entrez|indiquez)[- ](moi |nous )?"
              rf"(votre|ton) {_ABOUT_YOU}|quel [âa]ge|appelez-vous\b",
              "Écrivez votre prénom."),
    Forbidden("blames", r"vous auriez d[uû]|il ne fallait pas|c'est (de )?votre faute",
              "Vous auriez dû partir."),
    Forbidden("promises safety", r"\bi (bɛ|bɛna) (to )?(kisi|lakana|tanga)|i lakananen don",
              "I bɛna kisi."),
    Forbidden("promises an outcome", r"ko bɛɛ (bɛ|bɛna) (ɲɛ|nɔgɔya)|\blayidu|foyi t(ɛ|ɛna) i sɔrɔ",
              "Ko bɛɛ bɛna ɲɛ."),
    Forbidden("promises justice", r"\ba? ?bɛna (ɲangi|minɛ|datugu kaso)", "A bɛna ɲangi."),
    Forbidden("promises secrecy it can't keep", r"mɔgɔ si t(ɛ|ɛna) (a|o) dɔn",
              "Mɔgɔ si tɛna a dɔn."),
    Forbidden("tells to confront", r"\b(a|kojugukɛ\w+) (kunbɛn|sɔsɔ)\b|kuma n'a ye|yafa a ma|"
              r"i yɛrɛ lafasa", "Kuma n'a ye."),
    Forbidden("tells to report", r"\bi ka kan ka [^.\n]*(kiiri|polisi)|(^|[.!] )(taa polisi|"
              r"[^.\n]{0,20} wele kiiri la[.!])", "I ka kan ka taa polisi la."),
    Forbidden("asks why", r"(?<!bɛ )\bmun (na|kosɔn)\b", "Mun na i taara ?"),
    Forbidden("asks for details", r"\b(mun kɛra|mun y'i sɔrɔ|jɔn y'[ao] kɛ|a kɛra (cogo|tuma|yɔrɔ)"
              r"|(^|\. )a (lakali|ɲɛfɔ))", "Mun kɛra i la ?"),
    Forbidden("asks for a name, an age or an address",
              r"\bi (tɔgɔ|jamu) (ye mun|fɔ|sɛbɛn)|\bi tɔgɔ \?|\bi (ka )?si (ye|joli)|san joli",
              "I tɔgɔ sɛbɛn."),
)  # fmt: skip

# Whoever reads may be a woman or a man, and whoever is spoken of too.
GENDERED = (
    Forbidden("marks a gender", r"\w(·e|·\w+|\(e\)|\(ne\)|-e-s|é\(e)", "Vous êtes arrivé(e)."),
    Forbidden("takes people to be women", r"\b(la|une) (victime|survivante|patiente)\b",
              "La victime décide."),
    Forbidden("agrees with whoever reads",
              r"\b(vous y |vous |tu y |tu )(êtes|es|étiez|étais|serez|seras|soyez)( \w+)? "
              r"\w+(ée?|e?ul|eule|rte?|ive|if|nte?)\b(?! de)", "Vous êtes vraiment seule."),
    Forbidden("agrees with whoever reads", r"\bbienvenue?\b.{0,3}(à vous|chère?)|\bchère?s?\b",
              "Chère amie"),
    Forbidden("takes the reader's partner to be a man or a woman",
              r"\b(votre|ton|ta) (mari|femme|[eé]pou\w+|copine?|conjointe?)\b", "votre mari"),
    Forbidden("takes the reader's partner to be a man or a woman", r"\bi (ka )?(cɛ|muso)\b",
              "i cɛ"),
)  # fmt: skip


def said() -> list[Text]:
    """Return every text of both languages, without what is quoted as wrong to say."""
    return [
        Text(text.context, text.source, _QUOTED_AS_WRONG.sub("", text.words))
        for text in [*french(), *bambara()]
    ]


def label(rule: Forbidden) -> str:
    return f"{rule.why}: {rule.example}"


@pytest.mark.parametrize("rule", FORBIDDEN + GENDERED, ids=label)
def test_no_text_says_what(rule):
    assert [str(text) for text in said() if rule.in_text(text.words)] == []


@pytest.mark.parametrize("rule", FORBIDDEN + GENDERED, ids=label)
def test_the_rule_catches_its_example(rule):
    assert rule.in_text(rule.example)


def test_only_the_advice_to_helpers_quotes_what_is_wrong_to_say():
    quoting = {
        text.context
        for text in [*french(), *bambara()]
        if _QUOTED_AS_WRONG.search(text.words) is not None
    }
    assert quoting == {"article/what_to_say.2"} | ({"helping/how"} & quoting)


@pytest.mark.parametrize("context", SEEN_BY_ANYBODY)
def test_what_anybody_may_see_tells_nothing(context):
    texts = [text for text in [*french(), *bambara()] if text.context == context]
    assert len(texts) >= 2
    assert [str(text) for text in texts if TELLING_WORDS.search(text.words)] == []


@pytest.mark.parametrize(
    "words",
    ["🌿 Votre message à la police est parti.", "🌿 Un centre de santé vous attend.",
     "🌿 Ɲangata kunnafoniw", "🌿 Jigi : au revoir.", "🌿 Dɛmɛ sɔrɔla."],
)  # fmt: skip
def test_a_telling_word_is_noticed(words):
    assert TELLING_WORDS.search(words)


def test_what_anybody_may_see_names_no_person():
    found = [
        str(text)
        for text in [*french(), *bambara()]
        if text.context in SEEN_BY_ANYBODY and "{" in text.words
    ]
    assert found == []
