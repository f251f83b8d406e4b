"""The text of an organisation's name, read so that two writings of it can be compared.

Folding is for candidates and for comparison, word by word: every `Word` keeps what was written beside the form it was
folded to, because what folds together is not yet the same (Xi'an University of Technology and Xi'an Technological
University are two). Only `plain`, which levels case, accents, punctuation and alphabet, may make two names identical.
"""

import html
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from risk_engine.files.reading import read_bytes
from risk_engine.screening.chinese import Reader, expanded, is_read, reader


class WordKind(StrEnum):
    """What a word does in a name."""

    PROPER = "proper"  # what tells this organisation from others
    TYPE = "type"  # university, institute, company
    TOPIC = "topic"  # technology, medicine, national
    DIRECTION = "direction"
    NUMBER = "number"
    COUNTRY = "country"
    LEGAL = "legal"
    FILLER = "filler"  # of, the, de, und
    NOISE = "noise"  # "current address", "professor"


class Word(NamedTuple):
    """A word of a name."""

    text: str
    """As written, in lower case without accents and in Latin letters."""
    form: str
    """What all writings of it share: `university` for Universität, a code for a country, digits for an ordinal."""
    kind: WordKind
    segment: int
    """In which part of the name, as commas, brackets and dashes divide it; 0 is the first."""


class NameText(NamedTuple):
    """A name as it is compared."""

    raw: str
    plain: str
    """All words as written, without case, accents and punctuation. Names with one `plain` are identical."""
    words: tuple[Word, ...]
    """Without fillers and noise."""
    rarity: tuple[float, ...]
    """How rare each of them is in names of organisations: the same for every list, so that no list changes a score."""
    acronyms: frozenset[str]
    """Words written in capitals in a name that is not, in lower case."""
    is_acronym: bool
    """One short word in capitals, or one of the like: names too many organisations to name one."""

    @property
    def initials(self) -> str:
        """The first letters of its words, without those of fillers, legal forms and countries."""
        others = (WordKind.LEGAL, WordKind.COUNTRY)
        return "".join(word.text[0] for word in self.words if word.segment == 0 or word.kind not in others)

    @property
    def compact(self) -> str:
        """`plain` without spaces."""
        return self.plain.replace(" ", "")


_DATA: Final = Path(__file__).with_name("data")


def stored(name: str) -> Any:
    """Return a table of this room, a JSON file beside the code."""
    return json.loads(read_bytes(_DATA / name))


class _Tables(NamedTuple):
    """The data of this room, as it is looked up."""

    forms: Mapping[str, tuple[str, WordKind]]
    phrases: Mapping[str, tuple[tuple[tuple[str, ...], str, WordKind], ...]]
    """Legal forms and countries of one or more words, by their first word, longest first."""
    letters: Mapping[int, str | None]
    cjk_types: re.Pattern[str]
    countries: Mapping[str, str]
    """The code of a country by the form its names have."""
    codes: Mapping[str, str]
    """That form by the code."""
    near: Mapping[str, frozenset[str]]
    parts: frozenset[str]
    """What a part of an organisation is called."""
    rarity: Mapping[str, float]
    rarest: float
    seen: frozenset[str]
    """Words that are known to be right as they are: common ones and names of towns."""
    places: frozenset[str]
    """Words of names of towns and provinces."""
    chinese: Reader
    translated: Mapping[str, str]
    """What a Chinese word is called beside its own form; each translates its name as it likes."""
    enterprise: frozenset[str]
    """Types that say no more than a legal form at the end of a name."""
    armies: Mapping[str, str]
    """An army, and the country of which it says no more than that does: PLA Air Force Command College."""


_CJK = "\u3400-\u9fff\uf900-\ufaff"
_IS_CJK = re.compile(f"[{_CJK}]")
_ELISION = re.compile(r"\b(dell|nell|sull|dall|all|qu|un|d|l|s)['\u2019\u2018`\u00b4](?=\w)", re.IGNORECASE)
_GLUED = re.compile(r"[A-Z](?<=[a-z\u00df-\u017e]{2}[A-Z])(?=[A-Za-z])")
_SINGLE = re.compile(r"\b([a-z]) (?=[a-z]\b)")
_ORDINAL = re.compile(r"0*(\d+)(?:st|nd|rd|th|e|er|eme|a|o)?")
_JOINED = re.compile(r"\b(\w) ?& ?(\w)\b")
_SEGMENTS = re.compile(
    r",(?!\s*(?:ltd|limited|inc|llc|corp|co|plc|gmbh)\b)|[;()\[\]/|]|\s[-\u2013\u2014]\s|\u2014|\s{2,}", re.IGNORECASE
)
_CAPITALS = re.compile(r"[A-Z](?<!\w[A-Z])[A-Z0-9]{1,9}\b")
_SHORT_LEGAL = 3
_SHORT_PROVINCE = 3
"""Up to so many letters it is an abbreviation."""
_SILENT = frozenset({WordKind.FILLER, WordKind.NOISE})
_RARITY = {WordKind.LEGAL: 0.0, WordKind.COUNTRY: 2.5, WordKind.NUMBER: 4.0}
"""Of kinds whose words are as telling as each other."""
_ACRONYM_LENGTH = 8
_LEADING = frozenset({"ooo", "oao", "ao", "pao", "zao", "pt", "fgup", "fgbu", "fgbou", "fgaou", "stichting"})


@cache
def tables() -> _Tables:
    """Return the words of this room, read once."""
    words = stored("words.json")
    forms: dict[str, tuple[str, WordKind]] = {}
    for kind in (WordKind.TYPE, WordKind.TOPIC, WordKind.DIRECTION, WordKind.NUMBER):
        for form, written in words[kind.value].items():
            forms |= dict.fromkeys(written.split(), (form, kind))
    forms |= dict.fromkeys(words["filler"].split(), ("", WordKind.FILLER))
    forms |= dict.fromkeys(words["noise"].split(), ("", WordKind.NOISE))
    for form, written in words["place"].items():
        forms |= dict.fromkeys(written.split(), (form, WordKind.PROPER))
    chinese = {word: form for form, written in words["cjk_type"].items() for word in written.split()}
    forms |= {word: (form, WordKind.TYPE) for word, form in chinese.items()}
    phrases: dict[str, list[tuple[tuple[str, ...], str, WordKind]]] = {}
    countries = stored("countries.json")["names"]
    by_form = {several[0].replace(" ", ""): code for code, several in countries.items()}
    for several, form, kind in (
        *((several, form, WordKind.LEGAL) for form, several in stored("legal_forms.json")["names"].items()),
        *((several, several[0].replace(" ", ""), WordKind.COUNTRY) for several in countries.values()),
        *((several, form, WordKind.TOPIC) for form, several in words["phrase"].items()),
    ):
        for one in several:
            split = tuple(one.split())
            phrases.setdefault(split[0], []).append((split, form, kind))
    near: dict[str, set[str]] = {}
    for group in words["near"]:
        for form in group:
            near.setdefault(form, set()).update(group)
    rarity = stored("rarity.json")
    towns = rarity["towns"].split()
    seen = frozenset((*rarity["words"], *towns))
    provinces = (word for several in stored("regions.json")["regions"].values() for word in several.split())
    signs = [phrase for several in phrases.values() for phrase, _, _ in several if _IS_CJK.match("".join(phrase))]
    return _Tables(
        forms=forms,
        phrases={key: tuple(sorted(some, key=lambda x: -len(x[0]))) for key, some in phrases.items()},
        letters=_letters(words["letters"], words["traditional"]),
        cjk_types=re.compile("|".join(sorted(chinese, key=len, reverse=True)) + f"|[{_CJK}]"),
        countries=by_form,
        codes={code: form for form, code in by_form.items()},
        near={form: frozenset(group) for form, group in near.items()},
        parts=frozenset(words["part"].split()),
        rarity=rarity["words"],
        rarest=rarity["rarest"],
        seen=seen,
        places=frozenset((*towns, *words["place"], *(word for word in provinces if len(word) > _SHORT_PROVINCE))),
        translated={word: form for form, written in words["translated"].items() for word in written.split()},
        enterprise=frozenset(words["enterprise"].split()),
        armies=words["army"],
        chinese=reader(stored("chinese.json"), signs, seen),
    )


def _letters(latin: str, traditional: str) -> dict[int, str | None]:
    """Return what becomes of a sign: Latin letters and digits stay, marks go, all else parts words."""
    letters: dict[int, str | None] = {}
    for code in (*range(0x3000), *range(0x3000, 0x3005), *range(0x3008, 0x3020), 0x30FB):
        category = unicodedata.category(chr(code))
        if category == "Mn":
            letters[code] = None
        elif not category.startswith(("L", "N", "M")):
            letters[code] = " "
    letters |= {ord(sign): sign.lower() for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    letters |= dict.fromkeys(map(ord, "'\u2019\u2018`\u00b4\u02bb\u02bc\u02b9\u02ba\u2032\u200b\u00ad\ufeff"))
    letters[ord("&")] = " and "
    letters |= {ord(pair[0]): pair[1:] or None for pair in latin.split()}
    letters |= {ord(old): new for old, new in zip(traditional[::2], traditional[1::2], strict=True)}
    return letters


def fold(text: str) -> str:
    """Return the words of a text as they are written, without case, accents and punctuation, in Latin letters."""
    if "&" in text:
        text = _JOINED.sub(r"\1and\2", html.unescape(text))
    folded = " ".join(filter(None, map(_folded, text.split())))
    if folded.isascii() and (1, 1) not in pairwise(map(len, folded.split())):
        return folded
    return _SINGLE.sub(r"\1", folded)  # single letters beside each other are one word: S. A.


@lru_cache(maxsize=200_000)
def _folded(text: str) -> str:
    """Return what stands between two spaces, folded: one word, or several, or none."""
    text = _GLUED.sub(r" \g<0>", text)
    if not text.isascii() or "'" in text or "`" in text:
        text = _ELISION.sub(r"\1 ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    text = text.translate(tables().letters)
    if _IS_CJK.search(text):
        text = tables().cjk_types.sub(r" \g<0> ", text)
    return " ".join(text.split())


def forms_of(folded: str) -> list[str]:
    """Return the forms of folded words, without fillers: what candidates are looked up by."""
    known = tables().forms
    words, _ = _translated(folded.split())
    return [form for word in words if (form := known.get(word, (word,))[0])]


def _translated(words: list[str]) -> tuple[list[str], list[str]]:
    """Return folded words with Chinese ones translated, and as what each of them is written."""
    by = tables().chinese
    for word in words:
        if is_read(by, word):
            read = expanded(by, words)
            return [one for one, _ in read], [written for _, written in read]
    return words, words


@lru_cache(maxsize=100_000)
def read(raw: str) -> NameText:
    """Read a name; what it is read as does not depend on any list."""
    plain = fold(raw)
    capitals = frozenset() if raw.isupper() else frozenset(word.casefold() for word in _CAPITALS.findall(raw))
    words: list[Word] = []
    segment = 0
    parts = _SEGMENTS.split(raw)
    for part in parts:
        if not (folded := fold(part) if len(parts) > 1 else plain):
            continue
        words += _words(folded.split(), segment, capitals)
        segment += 1
    words = _with_country_code_at_the_end(_with_legal_forms_at_the_end(words), capitals)
    telling = tuple([word for word in words if word.kind not in _SILENT])
    if all([word.kind is WordKind.LEGAL for word in telling]):  # noqa: C419  quicker; E.ON SE
        telling = tuple(word if word.kind is WordKind.LEGAL else word._replace(kind=WordKind.PROPER) for word in words)
    return NameText(
        raw=raw,
        plain=plain,
        words=telling,
        rarity=_rarity(telling),
        acronyms=capitals,
        is_acronym=_is_acronym(raw, plain),
    )


@lru_cache(maxsize=20_000)
def is_pinyin(word: str) -> bool:
    """Return whether a word is written of syllables of Chinese alone."""
    return tables().chinese.syllables.fullmatch(word) is not None


def _rarity(words: Sequence[Word]) -> tuple[float, ...]:
    rarity, rarest = tables().rarity, tables().rarest
    return tuple(
        [rarity.get(word.form, rarest) if (fixed := _RARITY.get(word.kind)) is None else fixed for word in words]
    )


def _words(split: list[str], segment: int, capitals: frozenset[str]) -> list[Word]:
    split, written = _translated(split)
    words = [_by_itself(text, segment) for text in split]
    last = len(words) - 1
    if capitals or (words and len(split[last]) == 1):
        words = [
            word._replace(kind=WordKind.PROPER)
            if word.kind in _SILENT and _is_a_name(word, capitals, is_last=0 < at == last)
            else word
            for at, word in enumerate(words)
        ]
    if written is not split:
        words = [word._replace(text=text) for word, text in zip(words, written, strict=True)]
    phrases = tables().phrases
    return words if phrases.keys().isdisjoint(split) else _with_phrases(words, split, written)


def _with_phrases(words: list[Word], split: list[str], written: list[str]) -> list[Word]:
    phrases = tables().phrases
    found = []
    at = 0
    while at < len(split):
        for phrase, form, kind in phrases.get(split[at], ()):
            end = at + len(phrase)
            if tuple(split[at:end]) == phrase:
                found.append(Word(" ".join(dict.fromkeys(written[at:end])), form, kind, words[at].segment))
                at = end
                break
        else:
            found.append(words[at])
            at += 1
    return found


@lru_cache(maxsize=50_000)
def _by_itself(text: str, segment: int) -> Word:
    """Return what a folded word is, whatever stands beside it."""
    form, kind = tables().forms.get(text, (text, WordKind.PROPER))
    if kind is WordKind.PROPER and text[0].isdigit() and (number := _ORDINAL.fullmatch(text)):
        form, kind = number[1], WordKind.NUMBER
    return Word(text, form or text, kind, segment)


def _is_a_name(word: Word, capitals: frozenset[str], *, is_last: bool) -> bool:
    """Return whether a word that says nothing elsewhere is one of its own here."""
    if len(word.text) > 1:
        return word.text in capitals
    return is_last and word.kind is WordKind.FILLER  # Micro-I


def _with_legal_forms_at_the_end(words: list[Word]) -> list[Word]:
    """Take short legal forms for such only where a name ends or, of some, begins: `as` is a word elsewhere."""
    known, enterprise = tables().forms, tables().enterprise
    if WordKind.LEGAL not in [word.kind for word in words] and enterprise.isdisjoint([word.form for word in words]):
        return words
    kept: list[Word] = []
    ends = True
    segment = -1
    for place, word in reversed(list(enumerate(words))):
        ends = ends or word.segment != segment
        segment = word.segment
        if ends and place and word.form in enterprise:  # Pine Works Company is Pine Works
            kept.append(word._replace(form="co", kind=WordKind.LEGAL))
        elif (
            word.kind is WordKind.LEGAL
            and len(word.text) <= _SHORT_LEGAL
            and not ends
            and not (place == 0 and word.text in _LEADING)
        ):
            form, kind = known.get(word.text, (word.text, WordKind.PROPER))
            kept.append(Word(word.text, form or word.text, kind, word.segment))
        else:
            kept.append(word)
        ends = ends and kept[-1].kind in (WordKind.LEGAL, WordKind.COUNTRY)
    return kept[::-1]


def _with_country_code_at_the_end(words: list[Word], capitals: frozenset[str]) -> list[Word]:
    last = words[-1] if len(words) > 1 else None
    if last and last.kind is not WordKind.LEGAL and last.text in capitals and (form := tables().codes.get(last.text)):
        return [*words[:-1], Word(last.text, form, WordKind.COUNTRY, last.segment)]
    return words


def _is_acronym(raw: str, plain: str) -> bool:
    if " " in plain or not plain.isascii() or len(plain) > _ACRONYM_LENGTH:
        return False
    capitals = sum(sign.isupper() for sign in raw)
    return len(plain) <= _SHORT_LEGAL or capitals == len(raw.strip()) or (capitals > 1 and capitals * 2 >= len(plain))
