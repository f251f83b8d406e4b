"""A criteria set, or one record of it, in readable words: what an author, a lawyer or a researcher checks."""

from typing import Literal, assert_never

from risk_engine.model.criteria import CriteriaSet
from risk_engine.report.catalogue.pages import single, whole

Form = Literal["text", "md", "html"]


def catalogue(
    criteria: CriteriaSet, record: str | None = None, form: Form = "md", *, is_released: bool | None = None
) -> str:
    """Return the whole set, or the record with that id; RiskEngineError if there is none.

    The same set gives the same text, whatever the day and the machine. A whole set says whether it is released or a
    draft; with None, which only its folder can tell, it says neither.
    """
    from risk_engine.report.catalogue import pages

    page = whole(criteria, is_released=is_released) if record is None else single(criteria, record)
    match form:
        case "md":
            return pages.as_markdown(page, is_whole=record is None)
        case "html":
            return pages.as_html(page)
        case "text":
            return pages.as_text(page, is_whole=record is None)
        case _:
            assert_never(form)
