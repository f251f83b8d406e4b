"""What a questionnaire says to the person who fills it in, beside what the criteria set says."""

from typing import Literal

from risk_engine.forms.ask import NO_ENTRIES, NONE_OF_THESE, NOT_KNOWN, UNSURE, Part


def how_to(kind: Literal["sheet", "document"]) -> tuple[str, ...]:
    """Return how to fill it in, sentence by sentence."""
    sheets = (
        "Each sheet asks about one subject. Fill in the light yellow fields; everything else is locked.",
        "Help stands in the comment of a question: rest the pointer on its words.",
    )
    document = ("Fill in the fields; everything else is locked. Help stands below each question.",)
    return (
        *(sheets if kind == "sheet" else document),
        f"If nobody knows an answer yet, choose “{NOT_KNOWN}”. That is a good answer: it is never taken as a no.",
        f"If you answer but are not sure, choose “{UNSURE}” beside the answer.",
        "A question that begins with “Only if” can be left out where that is not so.",
        f"Where several answers can apply, mark each that does. If none does, choose “{NONE_OF_THESE}”.",
        "What you leave empty counts as not answered. Save the file and send it back.",
    )


def whether(part: Part) -> str:
    """Return the question whether a list has entries at all."""
    return f"{part.title}: is there any? If there is, leave this field empty and name each one below."


def many_help(part: Part) -> str:
    """Return how many entries there may be, and what to do with more than there is room for."""
    if not part.room:
        return "Answer for each entry that is named here."
    most = f"There may be at most {part.many}."
    if len(part.entries) + part.room < (part.many or 0):
        most += " If there is no room left here, fill in a second copy of this file."
    return (
        f"One entry for each. {most} If there is none, say “{NO_ENTRIES}”."
        if part.asks_whether
        else (f"Those already known are named. Add others beside them. {most}")
    )
