"""A view to one self-contained HTML page: no script, nothing loaded, every text escaped."""

from risk_engine.language import in_language
from risk_engine.report.blocks import View
from risk_engine.report.templates import environment


def html(view: View) -> str:
    """Return the report as an HTML page, the words of the page itself in the language of the view."""
    with in_language(view.language):
        return environment(autoescape=True).get_template("report.html.j2").render(view=view)
