"""What Jinja says of a template that it cannot read or fill, in words of our own: its own are English alone."""

import re
from typing import Final

from risk_engine.files.language import N_, _

_SIGNS: Final = {
    "begin of print statement": "{{",
    "end of print statement": "}}",
    "begin of statement block": "{%",
    "end of statement block": "%}",
    "begin of comment": "{#",
    "end of comment": "#}",
}
"""What Jinja calls the signs of a template."""
_MESSAGES: Final = (
    (
        r"Unexpected end of template\..*to be closed is '(?P<open>\w+)'",
        N_("the template ends before `{open}` is closed"),
    ),
    (r"Unexpected end of template", N_("the template ends too soon")),
    (
        r"unexpected end of template, expected '(?P<wanted>.+)'",
        N_("the template ends where `{wanted}` should stand"),
    ),
    (
        r"Encountered unknown tag '(?P<tag>\w+)'.*to be closed is '(?P<open>\w+)'",
        N_("`{tag}` does not fit here: `{open}` is still open"),
    ),
    (r"Encountered unknown tag '(?P<tag>\w+)'", N_("a template has no `{tag}`")),
    (r"expected token '(?P<wanted>.+)', got '(?P<got>.+)'$", N_("`{got}` stands where `{wanted}` should")),
    (r"[Ee]xpected an expression, got '(?P<got>.+)'", N_("something is missing before `{got}`")),
    (r"unexpected char '(?P<got>.+)' at \d+", N_("`{got}` cannot stand here")),
    (r"unexpected '(?P<got>.+)', expected '(?P<wanted>.+)'", N_("`{got}` stands where `{wanted}` should")),
    (r"unexpected '(?P<got>.+)'", N_("`{got}` cannot stand here")),
    (r"expected name or number", N_("a name is missing behind the dot")),
    (r"tag name expected", N_("a tag has no name")),
    (r"Missing end of comment tag", N_("a comment is not closed")),
    (r"No filter named '(?P<name>.+)'", N_("there is no filter `{name}`")),
    (r"No test named '(?P<name>.+)'", N_("there is no test `{name}`")),
    (r"block '(?P<name>.+)' defined twice", N_("the block `{name}` stands there twice")),
    (r"[Cc]an't assign to", N_("a value cannot be given to this")),
    (r"'(?P<name>\w+)' is undefined", N_("there is no `{name}` here")),
    (r".* has no (?:attribute|element) '?(?P<name>\w+)'?$", N_("there is no `{name}` in it")),
    (r"access to attribute '(?P<name>.+)' of .* is unsafe", N_("a template cannot reach `{name}`")),
    (r".* is not safely callable", N_("a template cannot call this")),
    (r"control structures in translatable sections", N_("within `trans` stand words and names alone")),
    (r"unclosed translation block", N_("the template ends before `trans` is closed")),
)
"""Patterns of what Jinja says, and the same in our words."""


def in_own_words(message: str) -> str:
    """Return what Jinja says in the current language; what is not known here, such as a message of ours, as it is."""
    for pattern, own in _MESSAGES:
        if found := re.match(pattern, message, re.DOTALL):
            parts = {name: _SIGNS.get(part, part) for name, part in found.groupdict().items()}
            return _(own, **parts) if parts else _(own)
    return message[:1].lower() + message[1:].rstrip(".")
