"""Which series data can carry: what is whole, and not selected so that something of it may be missing."""

from risk_engine.awareness.carried import Series, lacking
from risk_engine.awareness.regions import Region
from risk_engine.awareness.works import Source

EU, CN, US = Region("EU", frozenset({"DE", "FR"})), Region("CN", frozenset({"CN"})), Region("US", frozenset({"US"}))


def source(*selection: str, whole: bool = True) -> Source:
    sets = tuple(frozenset(one.split()) for one in selection)
    return Source("works.jsonl", "0" * 64, "openalex", 9, whole=whole, selection=sets)


def missing(series: Series, *sources: Source) -> tuple[str, str] | None:
    found = lacking([series], sources)
    return None if found is None else (found.reason, found.missing[0])


def test_a_whole_source_that_nobody_selected_carries_every_series() -> None:
    assert lacking([Series((EU, CN)), Series((EU, US)), Series((EU,))], [source()]) is None


def test_a_sample_carries_no_series() -> None:
    assert missing(Series((EU, CN)), source(whole=False)) == ("sample", "EU – CN")


def test_works_of_china_carry_what_is_joint_with_china_and_nothing_without_it() -> None:
    of_china = source("CN")
    assert missing(Series((EU, CN)), of_china) is None
    assert missing(Series((EU, US)), of_china) == ("selected", "EU – US")
    assert missing(Series((EU,)), of_china) == ("selected", "EU")
    assert missing(Series((CN,)), of_china) is None


def test_a_file_for_each_country_together_carry_the_region() -> None:
    one, other = source("DE", "CN"), source("FR", "CN")
    assert missing(Series((EU, CN)), one, other) is None
    assert missing(Series((EU, CN)), one) == ("selected", "EU – CN")


def test_a_refusal_has_the_query_that_would_give_the_series() -> None:
    found = lacking([Series((EU, US))], [source("CN")])
    assert found is not None
    assert found.query == (
        "https://api.openalex.org/works?filter=authorships.countries:DE|FR,authorships.countries:US"
        "&group_by=publication_year"
    )
