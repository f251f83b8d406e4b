"""In which language one run speaks: what `--lang` says, else the environment, else English.

Never the machine's own setting: the same command writes the same file on every machine.
"""

import re
from collections.abc import Mapping, Sequence

from risk_engine.diagnostics import RiskEngineError, nearest, quoted
from risk_engine.language import ENGLISH, _, languages

OPTION = "--lang"
VARIABLE = "RISK_ENGINE_LANG"
_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*", re.ASCII)
"""The form of a language tag, whether there is that language or not."""


def take_language(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return the language of a run, and its arguments without the option, wherever it stood.

    The last one counts, as of every option; after `--` there are no options. One without its value stays, to be
    refused like any other, and so does what has not the form of a language: it may be the value of another option.
    (A value that has it stands behind an equals sign: `--reason=--lang=de`.)
    Raises RiskEngineError for a language that there is not.
    """
    asked, source, rest = environment.get(VARIABLE) or ENGLISH, VARIABLE, []
    words = list(arguments)
    while words:
        word = words.pop(0)
        option, is_, value = word.partition("=")
        if word == "--":
            rest += [word, *words]
            break
        if option == OPTION and is_ and _TAG.fullmatch(value):
            asked, source = value, OPTION
        elif word == OPTION and words and _TAG.fullmatch(words[0]):
            asked, source = words.pop(0), OPTION
        else:
            rest.append(word)
    return _known(asked, source), rest


def _known(tag: str, source: str) -> str:
    if tag in languages():
        return tag
    near = nearest(tag, languages())
    way_out = (
        _("did you mean `{near}`?", near=near)
        if near
        else _("for example: {source}={language}", source=source, language=ENGLISH)
    )
    there_are = quoted(languages(), "and")
    raise RiskEngineError(
        _("{source}: there is no language `{tag}`; there are {languages}", source=source, tag=tag, languages=there_are),
        way_out,
    )
