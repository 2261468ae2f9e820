"""One spelling for many: what the model, the lexicon and the language guess read instead of text.

People write « jai bezoin daid », « g t violé », « n'cè bé n'bougo », « Cɛ bɛ n bugɔ ». Everything
that compares words therefore compares *skeletons*: lower case, no accents, and one letter for every
way of writing a sound. The rules for Bambara come from counts of informal spelling (ɛ as e, è, ai,
er; u as ou; c as tch or ti; j as dj; ɲ as gn or ny), those for French from how it sounds.

The file runs on Python 3.10 (Rasa's environment) and 3.12 with the standard library alone. It asks
the Unicode 3.2 tables, which every Python carries, so that both ends treat a character alike.
"""

import re
from dataclasses import dataclass
from unicodedata import ucd_3_2_0 as tables

# Letters that no decomposition takes apart, and the signs that stand for an apostrophe.
_LETTERS = str.maketrans(
    {
        "ɛ": "e", "ɔ": "o", "ɲ": "ny", "ŋ": "n", "ç": "ss", "œ": "oe", "æ": "e", "ß": "ss",
        "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɣ": "g",
        "’": "'", "‘": "'", "ʼ": "'", "ʹ": "'", "`": "'", "´": "'", "′": "'", "＇": "'",
    }
)  # fmt: skip
# Scripts of the region that came after Unicode 3.2: N'Ko, Tifinagh, Arabic supplement.
_LATER_LETTERS = ((0x07C0, 0x07EA), (0x2D30, 0x2D65), (0x0750, 0x077F))

_SMS = {
    # one key, or a word shortened to its sounds
    "g": "j ai", "ge": "je", "jai": "j ai", "jsui": "je suis",
    "jsuis": "je suis", "jss": "je suis", "chui": "je suis", "chuis": "je suis", "jeu": "je",
    "jvx": "je veux", "jveu": "je veux", "jveux": "je veux", "jpe": "je peux", "jpeu": "je peux",
    "jpeux": "je peux", "jcherche": "je cherche", "jen": "j en", "jetais": "j etais",
    "jete": "j ai ete", "jaimerais": "j aimerais", "jaimerai": "j aimerais", "jarrive": "j arrive",
    "jse": "je sais", "jsai": "je sais", "jsais": "je sais", "javais": "j avais",
    "cest": "c est", "cetait": "c etait", "cetai": "c etait", "cki": "c est qui",
    "ckoi": "c est quoi", "kess": "qu est ce", "kesk": "qu est ce que", "keske": "qu est ce que",
    "kesski": "qu est ce qui", "keski": "qu est ce qui", "qque": "quelque", "qqn": "quelqu un",
    "qlq": "quelque", "qlqn": "quelqu un", "qlqun": "quelqu un", "kelkun": "quelqu un",
    "kelk": "quelque", "qqch": "quelque chose",
    "qd": "quand",
    "pk": "pourquoi", "pkoi": "pourquoi", "pq": "pourquoi", "pcq": "parce que", "pcke": "parce que",
    "parceke": "parce que", "paske": "parce que", "psk": "parce que", "svp": "s il vous plait",
    "stp": "s il te plait", "silvouplait": "s il vous plait", "silvouplé": "s il vous plait",
    "bjr": "bonjour", "bsr": "bonsoir", "slt": "salut", "cc": "coucou", "mrc": "merci",
    "mci": "merci", "dsl": "desole", "bcp": "beaucoup", "tjr": "toujours", "tjrs": "toujours",
    "tt": "tout", "ts": "tout", "tte": "toute", "ds": "dans", "dns": "dans", "av": "avec",
    "avk": "avec", "ac": "avec", "mn": "mon", "mnt": "maintenant", "mtn": "maintenant",
    "m1tenant": "maintenant", "ajd": "aujourd hui", "2main": "demain", "dem1": "demain",
    "b1": "bien", "bi1": "bien", "qq1": "quelqu un", "kelk1": "quelqu un", "1": "un", "mer": "mere",
    "per": "pere", "frer": "frere", "seur": "soeur", "keur": "coeur",
    "vs": "vous", "ns": "nous", "ms": "mais", "pr": "pour", "ps": "pas", "pb": "probleme",
    "pblm": "probleme", "prblm": "probleme", "rdv": "rendez vous", "tel": "telephone",
    "num": "numero", "nvl": "nouvelle", "msg": "message", "fodra": "faudra",
    "ya": "y a", "yavait": "y avait", "ca": "cela", "ssa": "cela", "fais": "fait",
    "tous": "tout", "dr": "docteur", "bb": "bebe", "fme": "femme",
    "fm": "femme", "assoc": "association", "asso": "association", "ok": "okay", "dakor": "d accord",
    "dac": "d accord", "daccord": "d accord", "lhopital": "l hopital", "lopital": "l hopital",
    "daide": "d aide", "daid": "d aide", "laide": "l aide", "davocat": "d avocat",
    "lavocat": "l avocat", "largent": "l argent", "dargent": "d argent", "lecole": "l ecole",
    "quelquun": "quelqu un", "sest": "s est", "aujourdhui": "aujourd hui", "jusqua": "jusqu a",
    "nest": "n est", "nai": "n ai", "mont": "m ont", "maide": "m aide", "maider": "m aider",
    "maidez": "m aidez", "lassociation": "l association", "linscription":
    "l inscription", "linscrire": "l inscrire", "minscrire": "m inscrire", "sinscrire":
    "s inscrire", "nbe": "n be", "mbe": "n be", "nba": "n b a", "nte": "n te", "nye": "n ye",
    "ibe": "i be", "ika": "i ka", "ini": "i ni", "abe": "a be", "aye": "a ye", "ate": "a te",
    "abena": "a be na", "bena": "be na", "tena": "te na", "nbena": "n be na", "adan": "a dan",
    "lurgence": "l urgence", "durgence": "d urgence", "levenement": "l evenement",
}  # fmt: skip

# From writing to sound, in this order, over words parted by single spaces. A rule replaces a plain
# string or a pattern. Each shortens a word or takes away a letter pair that no other rule brings
# back, so repeating them comes to rest; none empties a word.
_SOUNDS: tuple[tuple[str | re.Pattern[str], str], ...] = (
    (re.compile(r"([^ ])\1+"), r"\1"),
    ("tion", "sion"),
    ("tch", "c"),
    ("dj", "j"),
    ("gn", "ny"),
    ("ph", "f"),
    ("ch", "s"),
    ("sh", "s"),
    ("z", "s"),
    ("qu", "k"),
    ("q", "k"),
    (re.compile(r"(?<=\w)h|h(?=\w)"), ""),
    ("ck", "k"),
    ("eau", "o"),
    ("au", "o"),
    ("oeu", "eu"),
    ("ou", "u"),
    ("oi", "wa"),
    (re.compile(r"[ae][iy](?![aou])"), "e"),
    (re.compile(r"gu(?=[ei])"), "g"),
    (re.compile(r"t[iy](?=[aeou])"), "c"),
    (re.compile(r"d[iy](?=[aeou])"), "j"),
    (re.compile(r"ni(?=[aeou])"), "ny"),
    (re.compile(r"c(?=[aoulrt]|\b)"), "k"),
    (re.compile(r"m(?=[pb])"), "n"),
    # Letters that are written and not heard at the end. What stays is not cut again, or « cache »
    # would shrink to « ca »; short words keep their end, or « minɛ » would be « min ».
    (re.compile(r"(?<=\w\w)[wstdxp]+\b"), ""),
    (re.compile(r"(?:(?<=\b[btykc]e)|(?<=\w\we))r\b"), ""),
    (re.compile(r"(?<=\w\w\w[^aeiourwstdxp ])e\b"), ""),
)
# French words so short that their sound would make them another word: « mais », « mes » and « me »,
# « fait » and Bambara « fɛ », « tout » and « tu ».
_KEPT = frozenset(
    (
        "ai", "aie", "ayi", "cela", "ces", "dans", "des", "est", "fait", "les", "lui",
        "mais", "mes", "mort", "morte", "nos", "nous", "ont", "plus", "sans", "ses", "sont", "sos",
        "suis", "tes", "tout", "vos", "vous",
    )
)  # fmt: skip
NOTHING = "_"  # the one token of a text without words: Rasa cannot read none at all
_TELLING_NUMBERS = frozenset({"8", "30", "52", "052", "1325", "2015", "2531"})

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*'?")
_ODD = re.compile(r"[^a-z0-9'. ]")
_RUNS = re.compile(r"([^\W\d_])\1\1+")
_DOTTED = re.compile(r"(?<![^\W_])(?:[^\W\d_]\.){2,}[^\W\d_]?(?![^\W_])")


def has_letters(text: str) -> bool:
    """True where there is at least one letter or digit to read (of any script)."""
    return any(char.isalnum() for char in text)


def words(text: str) -> list[str]:
    """The words of a text in light spelling: lower case, no accents, phone shorthand written out.

    Elided words stand alone (« l'hôpital » gives « l », « hopital »). Nothing else is changed, so
    that « avocat » and « avoka » still differ here; `normalise` brings them together.
    """
    found = _WORD.findall(_plain(text))
    result: list[str] = []
    for place, word in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else ""
        result.extend(_written_out(word, following))
    return result


def skeletons(light: list[str]) -> list[str]:
    """The sound skeletons of light words, one for one: « mousso » and « moussow » give « muso »."""
    return _folded(" ".join(light)).split(" ") if light else []


def tokens(text: str) -> tuple[list[str], list[str]]:
    """What the model reads: light words and, one for one, their skeletons; never empty.

    Numbers that mean something here (resolution 1325, law 2015-052, 30 %, 8 March) stay themselves;
    of all others only the count of digits stays. A letter stands before each, since Rasa's
    featurizer would else make every number the same.
    """
    light = words(text)
    return _tokens(light, skeletons(light))


def _tokens(light: list[str], folded: list[str]) -> tuple[list[str], list[str]]:
    if not light:
        return [NOTHING], [NOTHING]
    return [_number(word) for word in light], [_number(word) for word in folded]


def _number(word: str) -> str:
    if not word.isdecimal():
        return word
    return f"n{word}" if word in _TELLING_NUMBERS else f"nn{min(len(word), 6)}"


def normalise(text: str) -> str:
    """Fold a text to the skeletons of its words, one space between them.

    Total and idempotent; never empty for a text that holds a letter of any script.
    """
    return _at_rest(_folded(" ".join(words(text)))) or _any_letters(text)


@dataclass(frozen=True)
class Reading:
    """One text folded once, for everybody who reads it.

    Attributes:
        text: as it came.
        light: what `tokens` gives first.
        skeletons: what `tokens` gives second.
        normal: what `normalise` gives.
    """

    text: str
    light: list[str]
    skeletons: list[str]
    normal: str

    @classmethod
    def of(cls, text: str) -> "Reading":
        """Fold `text`; any text can be read."""
        plain = words(text)
        folded = _folded(" ".join(plain))
        light, skeleton = _tokens(plain, folded.split(" "))
        return cls(text, light, skeleton, _at_rest(folded) or _any_letters(text))


def _at_rest(folded: str) -> str:
    while True:
        # A folded word may itself be shorthand (« gh » folds to « g »); what shorthand stands for
        # never is, so this ends.
        spaced = " ".join(words(folded))
        again = folded if spaced == folded else _folded(spaced)
        if again == folded:
            return folded
        folded = again


def _any_letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _folded(spaced: str) -> str:
    while True:
        folded = spaced
        for what, into in _SOUNDS:
            folded = folded.replace(what, into) if isinstance(what, str) else what.sub(into, folded)
        # No rule joins, parts or empties words, so they still stand one for one.
        pairs = zip(spaced.split(" "), folded.split(" "), strict=True)
        folded = " ".join(before if before in _KEPT else after for before, after in pairs)
        if folded == spaced:
            return folded
        spaced = folded


def _plain(text: str) -> str:
    """Lower case without marks; what is neither letter, digit nor apostrophe becomes a space."""
    text = text.translate(_LETTERS).lower().translate(_LETTERS)
    plain = _ODD.sub(_readable, tables.normalize("NFKD", text)).translate(_LETTERS).lower()
    plain = _DOTTED.sub(lambda found: found[0].replace(".", ""), plain)
    return _RUNS.sub(r"\1", plain)


def _readable(odd: re.Match[str]) -> str:
    """What stays of one character outside a-z: letters and digits do, marks and joiners vanish."""
    kind = tables.category(odd[0])
    if kind[0] == "L" or kind == "Nd":
        return odd[0]
    if any(first <= ord(odd[0]) <= last for first, last in _LATER_LETTERS):
        return odd[0]
    return "" if kind in ("Mn", "Me", "Cf") else " "


def _written_out(word: str, following: str) -> list[str]:
    if word == "c" and following[:1] not in ("e", "'"):
        return ["c", "est"]
    if word in _PLAIN_SMS:
        return _PLAIN_SMS[word].split()
    parts = [part for part in word.split("'") if part]
    return [spelled for part in parts for spelled in _part(part, alone=len(parts) == 1)]


def _part(part: str, *, alone: bool) -> list[str]:
    return [part] if alone or len(part) == 1 or part not in _PLAIN_SMS else _PLAIN_SMS[part].split()


_PLAIN_SMS = {_plain(short): long for short, long in _SMS.items()}
