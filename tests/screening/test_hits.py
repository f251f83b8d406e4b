"""What is found on lists of an organisation: by numbers, by names, by the registry; and laws that hold of any lists."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.screening import hit_words
from risk_engine.screening.asked import Asked
from risk_engine.screening.decisions import Decisions, Verdict, is_open
from risk_engine.screening.entry import Entry, ListHead, Name, Relation, Standing
from risk_engine.screening.hits import Hit
from risk_engine.screening.screen import Screened, Screening
from risk_engine.screening.store import Store
from risk_engine.screening.swap import put

DAY = date(2026, 6, 1)
LEI = "529900T8BM49AURSDO55"

LISTED = (
    Entry("", "1", (Name("Quiet Institute of Technology"), Name("QIT", "acronym"), Name("Still College", "former"))),
    Entry(
        "",
        "2",
        (Name("Karlsborg University"), Name("卡尔斯堡大学", "translation", "zh")),
        countries=("CN",),
        identifiers={"lei": (LEI,), "registration": ("4711",)},
    ),
    Entry("", "3", (Name("Institute of Physics"), Name("The Works", "weak")), countries=("RU",)),
    Entry("", "4", (Name("Orlovka Optics Plant"),), since=date(2026, 3, 1), until=date(2026, 5, 1)),
)
REGISTRY = (
    Entry("", "r1", (Name("Karlsborg University"),), countries=("CN",), identifiers={"ror": ("01rxvg760",)}),
    Entry(
        "",
        "r2",
        (Name("Pine College"),),
        countries=("CN",),
        relations=(Relation("parent", "r1", "Karlsborg University"), Relation("child", "r5", "Quiet Institute")),
        identifiers={"ror": ("00wk2mp56",)},
    ),
    Entry("", "r3", (Name("Karlsborg University of Music"),), countries=("CN",)),
    Entry("", "r4", (Name("Lakeside Academy"), Name("Quiet Institute of Technology", "alias")), countries=("CN",)),
    Entry("", "r5", (Name("Quiet Institute of Technology Shore"), Name("Still College", "alias"))),
    Entry("", "r6", (Name("Kirkeby University"), Name("卡爾斯堡大學", "translation", "zh")), countries=("JP",)),
)


def head(list_id: str, standing: Standing = "evidence") -> ListHead:
    return ListHead(
        list_id,
        f"List {list_id}",
        "Somebody",
        standing,
        "",
        "table",
        "f.csv",
        DAY,
        DAY,
        "",
        "",
        0,
        0,
    )


def keep(store: Store, list_id: str, entries: Sequence[Entry], standing: Standing = "evidence", on: date = DAY) -> None:
    of_it = [replace(one, list=list_id) for one in entries]
    made = replace(head(list_id, standing), read_on=on)
    put(store, iter(of_it), lambda: made, {"id": list_id, "source": "f.csv"}, anyway=True)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("store") / "lists.sqlite", make=True) as opened:
        keep(opened, "l", LISTED)
        yield opened


@pytest.fixture(scope="module")
def with_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("registered") / "lists.sqlite", make=True) as opened:
        keep(opened, "l", LISTED)
        keep(opened, "ror", REGISTRY, "registry")
        yield opened


def screened(
    store: Store, *names: str, country: str = "", on: date = DAY, affiliations: bool = False, **numbers: str
) -> Screened:
    asked = Asked.of(names, country, {kind: (one,) for kind, one in numbers.items()})  # type: ignore[misc]
    return Screening(store, on, lambda _list, _done: None, affiliations=affiliations).screen(asked)


def of(found: Screened, hit_id: str) -> Hit:
    return next(one for one in found.hits if one.id == hit_id)


def said(hit: Hit) -> str:
    return "\n".join(hit_words.lines(hit, None, DAY))


@pytest.mark.parametrize(
    ("name", "country", "strength"),
    [
        ("karlsborg  UNIVERSITY", "", "identical"),
        ("Karlsborg University", "CN", "identical"),
        ("Karlsborg University", "RU", "strong"),
        ("Karlsborg Univ.", "", "strong"),
        ("卡尔斯堡大学", "", "identical"),
    ],
)
def test_a_name_is_identical_only_as_it_is_written_and_where_the_country_is_not_another(
    store: Store, name: str, country: str, strength: str
) -> None:
    assert of(screened(store, name, country=country), "l/2").strength == strength


def test_a_bare_acronym_and_what_the_list_calls_weak_are_possible_at_most(store: Store) -> None:
    hit = of(screened(store, "QIT"), "l/1")
    assert hit.strength == "possible"
    assert "QIT is an acronym, which many may have" in said(hit)
    assert of(screened(store, "The Works"), "l/3").strength == "possible"


def test_a_name_of_common_words_is_identical_only_where_the_country_agrees(store: Store) -> None:
    assert of(screened(store, "Institute of Physics"), "l/3").strength == "strong"
    assert of(screened(store, "Institute of Physics", country="RU"), "l/3").strength == "identical"
    assert of(screened(store, "Institute of Physics", country="FR"), "l/3").strength == "possible"


def test_an_equal_number_is_identical_whatever_the_name(store: Store) -> None:
    hit = of(screened(store, "Something else altogether", lei=LEI), "l/2")
    assert hit.strength == "identical"
    assert f"LEI {LEI} is the same" in said(hit)
    assert of(screened(store, "Something else", registration="47-11"), "l/2").strength == "strong"
    assert of(screened(store, "Something else", country="CN", registration="47-11"), "l/2").strength == "identical"


def test_a_number_that_is_another_one_is_told_and_the_name_alone_is_not_identical(store: Store) -> None:
    hit = of(screened(store, "Karlsborg University", lei="5493001KJTIIGC8Y1R12"), "l/2")
    assert hit.strength == "strong"
    assert f"LEI: asked 5493001KJTIIGC8Y1R12, on the list {LEI}" in said(hit)


def test_a_hit_says_which_words_agree_and_which_stand_on_one_side_alone(store: Store) -> None:
    text = said(of(screened(store, "Quiet Inst. of Technolgy", country="CN"), "l/1"))
    assert "“inst” stands for “institute”: another language or spelling" in text
    assert "“technolgy” is spelt nearly like “technology”" in text
    text = said(of(screened(store, "Still College"), "l/1"))
    assert "“Still College” is a former name of Quiet Institute of Technology" in text
    text = said(of(screened(store, "Karlsborg University of Harbours", country="RU"), "l/2"))
    assert "its name holds the name of a listed organisation, and says more" in text
    assert "country: asked RU, on the list CN" in text
    assert "only in what is asked: harbours" in text


def test_a_legal_form_is_told_as_it_is_written(tmp_path: Path) -> None:
    with Store.open(tmp_path / "lists.sqlite", make=True) as opened:
        keep(opened, "l", (Entry("", "1", (Name("Orlovka Optics Aktiengesellschaft"),)),))
        told = said(of(screened(opened, "Orlovka Optics GmbH"), "l/1"))
    assert "legal form: asked gmbh, on the list aktiengesellschaft" in told


def test_a_hit_is_told_by_the_name_in_the_script_that_was_asked_and_never_by_one_that_says_less(tmp_path: Path) -> None:
    english, chinese = "Nanjing University of Aeronautics and Astronautics", "南京航空航天大学"
    entries = (
        Entry("", "1", (Name(chinese), Name(english, "translation"))),
        Entry(
            "", "2", (Name("桂林电子科技大学"), Name("Guilin University of Electronic Science and Technology", "weak"))
        ),
    )
    with Store.open(tmp_path / "lists.sqlite", make=True) as opened:
        keep(opened, "l", entries)
        asked_in_english = of(screened(opened, "Nanjing Univ. of Aeronautics & Astronautics"), "l/1")
        asked_in_chinese = of(screened(opened, "南京市航空航天大学"), "l/1")
        weak = of(screened(opened, "Guilin Univ. of Electronic Science & Technology"), "l/2")
    assert (asked_in_english.strength, asked_in_english.name.text) == ("strong", english)
    assert "stands for “南京”" not in said(asked_in_english)
    assert asked_in_chinese.name.text == chinese
    assert (weak.strength, weak.name.text) == ("strong", "桂林电子科技大学")


def test_a_hit_names_its_list_with_its_age_and_what_it_is(store: Store) -> None:
    text = "\n".join(hit_words.lines(of(screened(store, "Karlsborg University"), "l/2"), None, DAY + timedelta(40)))
    assert "list: List l, Somebody; dated 2026-06-01, 40 days old, read here on 2026-06-01 – stale" in text
    assert "a hit is: evidence: what others list, no law here" in text
    assert "first read here on: 2026-06-01" in text


def test_an_entry_is_hit_on_each_day_between_its_own_and_on_no_other(store: Store) -> None:
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 30), date(2026, 5, 1)]
    hits = [[one.id for one in screened(store, "Orlovka Optics Plant", on=day).hits] for day in days]
    assert hits == [[], ["l/4"], ["l/4"], []]


def test_what_belongs_to_a_listed_organisation_is_a_hit_of_its_own_kind(with_registry: Store) -> None:
    found = screened(with_registry, "Pine College")
    parent, child = of(found, "l/2"), of(found, "l/1")
    assert (parent.kind, parent.strength) == ("parent", "identical")
    assert "by the registry: Pine College → Karlsborg University" in said(parent)
    assert "part of a listed organisation" in said(parent)
    assert (child.kind, child.strength) == ("child", "identical")
    by_number = screened(with_registry, "Some college", ror="https://ror.org/00wk2mp56")
    assert of(by_number, "l/2").kind == "parent"


def test_a_registry_tells_two_names_apart_that_come_near_and_takes_no_hit_away(
    store: Store, with_registry: Store
) -> None:
    name = "Karlsborg University of Music"
    before, after = of(screened(store, name), "l/2"), of(screened(with_registry, name), "l/2")
    assert not before.is_told_apart
    assert after.is_told_apart
    assert (
        "List ror knows the entry as Karlsborg University, and who is asked about as Karlsborg University of Music"
        in (said(after))
    )


def test_a_line_of_an_author_is_part_of_the_organisations_that_the_registry_finds_in_it(with_registry: Store) -> None:
    line = "Dept. of Optics, Karlsborg Univ., 12 Pine Road, China"
    found = screened(with_registry, line, affiliations=True)
    assert [one.entry.name for one in found.registered if one.is_part] == ["Karlsborg University"]
    assert of(found, "l/2").kind == "parent"


def test_what_lines_of_authors_need_of_a_registry_is_read_once_and_made_anew_where_it_is_damaged(
    with_registry: Store,
) -> None:
    line = "Dept. of Optics, Karlsborg Univ., 12 Pine Road, China"
    found = screened(with_registry, line, affiliations=True)
    told: list[str] = []
    again = Screening(with_registry, DAY, lambda list_id, _done: told.append(list_id), affiliations=True)
    assert (again.screen(found.asked), told) == (found, [])
    (kept,) = with_registry.path.with_name("lists.sqlite.index").glob("ror-*.words.npz")
    kept.write_bytes(kept.read_bytes()[:-100])
    again = Screening(with_registry, DAY, lambda list_id, _done: told.append(list_id), affiliations=True)
    assert (again.screen(found.asked), told) == (found, ["ror"])


def test_a_name_that_goes_on_behind_that_of_another_organisation_is_no_part_of_it(with_registry: Store) -> None:
    found = screened(with_registry, "Karlsborg University of Harbours and Shipping", country="CN")
    assert (of(found, "l/2").kind, of(found, "l/2").strength) == ("within", "possible")


def test_a_name_that_the_registry_has_in_another_country_is_no_strong_hit(with_registry: Store) -> None:
    hit = of(screened(with_registry, "Kirkeby University"), "l/2")
    assert hit.strength == "possible"
    assert "country: asked JP, on the list CN" in said(hit)


def test_another_name_in_the_registry_finds_the_listed_one(store: Store, with_registry: Store) -> None:
    assert [one.id for one in screened(store, "Lakeside Academy").hits] == []
    hit = of(screened(with_registry, "Lakeside Academy"), "l/1")
    assert (hit.kind, hit.strength) == ("listed", "identical")
    assert "the registry knows it as Lakeside Academy" in said(hit)


def test_a_name_that_the_registry_has_finds_one_that_the_list_writes_otherwise(tmp_path: Path) -> None:
    names = (Name("Lakeside Academy"), Name("Quiet Institute of Technology", "alias"))
    with Store.open(tmp_path / "lists.sqlite", make=True) as store:
        put(store, [Entry("l", "1", (Name("Quiet Inst. of Technol."),))], lambda: head("l"), {})
        put(store, [Entry("r", "r1", names)], lambda: head("r", "registry"), {})
        hit = of(screened(store, "Lakeside Academy"), "l/1")
    assert (hit.kind, hit.strength) == ("listed", "strong")
    assert "the registry knows it as Lakeside Academy" in said(hit)


def holds(store: Store, then: Asked, now: Asked, verdict: Verdict = "confirmed") -> bool:
    """Return whether what was decided of l/2 still holds when it is asked about otherwise."""
    screening = Screening(store, DAY, lambda _list, _done: None)
    with Decisions.open(Path("unused"), make=False) as kept:
        kept.decide(then, of(screening.screen(then), "l/2"), verdict, "A. Vogel", "Their letter.", DAY)
        return not is_open(kept.about(now, of(screening.screen(now), "l/2")))


@pytest.mark.parametrize(
    ("now", "is_so"),
    [
        (Asked.of(["Karlsborg University"], "CN", {"lei": [LEI]}), True),
        (Asked.of(["Karlsborg University", "卡尔斯堡大学"]), True),
        (Asked.of(["Karlsborg University", "卡尔斯堡学院"]), False),
        (Asked.of(["Karlsborg University", "Карлсборгский университет"]), True),
        (Asked.of(["Karlsborg University", "Karlsborg College"]), False),
        (Asked.of(["Karlsborg University"], "RU"), False),
        (Asked.of(["Karlsborg University"], "", {"lei": ["5493001KJTIIGC8Y1R12"]}), False),
        (Asked.of(["Karlsborg University"], "", {"wikidata": ["Q42"]}), True),
        (Asked.of(["Karlsborg Univ."], "", {"lei": [LEI]}), False),
    ],
)
def test_what_is_confirmed_holds_while_nothing_that_is_added_contradicts_the_entry(
    store: Store, now: Asked, is_so: bool
) -> None:
    assert holds(store, Asked.of(["Karlsborg University"]), now) is is_so


def test_a_name_a_country_or_a_number_that_is_lost_asks_again(store: Store) -> None:
    both = Asked.of(["Karlsborg University", "卡尔斯堡大学"])
    assert not holds(store, both, Asked.of(["Karlsborg University"], "CN"))
    in_its_country = Asked.of(["Karlsborg University"], "CN")
    assert not holds(store, in_its_country, Asked.of(["Karlsborg University"], "", {"lei": [LEI]}))
    numbered = Asked.of(["Karlsborg University"], "", {"lei": [LEI]})
    assert not holds(store, numbered, Asked.of(["Karlsborg University"], "CN"))


def test_what_is_ruled_out_is_asked_again_whatever_is_added(store: Store) -> None:
    then = Asked.of(["Karlsborg University"])
    assert holds(store, then, then, "ruled_out")
    assert not holds(store, then, Asked.of(["Karlsborg University"], "CN"), "ruled_out")
    assert not holds(store, then, Asked.of(["Karlsborg University"], "RU"), "ruled_out")


@pytest.mark.parametrize(("name", "country"), [("", ""), ("...", ""), ("Pine College", "Nowhere")])
def test_a_name_without_a_letter_and_a_country_that_is_none_are_refused(name: str, country: str) -> None:
    with pytest.raises(RiskEngineError, match=r"name is empty|no country"):
        Asked.of([name], country)


def test_an_index_is_made_once_kept_and_made_anew_when_the_list_changes(tmp_path: Path) -> None:
    made: list[str] = []

    def hits(store: Store) -> list[str]:
        screening = Screening(store, DAY, lambda list_id, _done: made.append(list_id))
        return [one.id for one in screening.screen(Asked.of(["Karlsborg University"])).hits]

    path = tmp_path / "lists.sqlite"
    with Store.open(path, make=True) as store:
        keep(store, "l", LISTED)
        keep(store, "other", LISTED[:1])
        assert hits(store) == hits(store) == ["l/2"]
        assert sorted(set(made)) == ["l", "other"]
        made.clear()
        keep(store, "l", LISTED[:1])
        assert hits(store) == []
        assert set(made) == {"l"}
    # The same list in a store that is made anew stands in other rows.
    path.unlink()
    made.clear()
    with Store.open(path, make=True) as store:
        keep(store, "first", LISTED[2:])
        keep(store, "l", LISTED)
        assert hits(store) == ["l/2"]
        damaged = next(iter((tmp_path / "lists.sqlite.index").glob("l-*.names.npz")))
        for one in damaged.parent.iterdir():
            one.write_bytes(b"no index")
        assert hits(store) == ["l/2"]


WORDS = st.sampled_from(
    ["Karlsborg", "Harbour", "Quiet", "University", "Institute", "of", "Technology", "Physics", "Ltd", "Optics", "QIT"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join).filter(lambda one: one.lower() not in {"of", "of of"})
LISTS = st.lists(st.lists(NAMES, min_size=1, max_size=4, unique=True), min_size=2, max_size=3)


def found_on(lists: Sequence[tuple[str, Sequence[str]]], name: str) -> set[str]:
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "lists.sqlite", make=True) as store:
        for list_id, names in lists:
            standing: Standing = "registry" if list_id == "l1" else "evidence"
            keep(store, list_id, [Entry("", f"{n}", (Name(one),)) for n, one in enumerate(names)], standing)
        return {one.id for one in screened(store, name).hits}


@settings(max_examples=6, deadline=None)
@given(LISTS, NAMES)
def test_a_list_more_takes_no_hit_away_and_the_order_of_lists_changes_nothing(
    lists: list[list[str]], name: str
) -> None:
    several = [(f"l{number}", names) for number, names in enumerate(lists)]
    all_of_them = found_on(several, name)
    assert found_on(several[:1], name) <= all_of_them
    assert found_on(several[::-1], name) == all_of_them


@settings(max_examples=12, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=8, unique=True), st.data())
def test_a_name_finds_itself(names: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(names) - 1))
    assert f"l0/{place}" in found_on([("l0", names)], names[place])
