"""Make the data tables of the screening room: `python -m benchmarks.screening.tables ../shared/data`.

Legal forms and countries are converted from OpenSanctions' rigour (MIT) and the country codes of datasets/country-codes
(PDDL); how rare a word is in names of organisations is counted in the registry ROR (CC0).
"""

import argparse
import csv
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parents[2] / "risk_engine" / "screening" / "data"
RIGOUR = "OpenSanctions rigour, {}, MIT, Copyright (c) 2025 OpenSanctions Datenbanken GmbH"
NOT_LEGAL = {"NGO", "REL", "MIL", "SOE"}
"""Kinds of rigour that are words of names rather than legal forms."""
AMBIGUOUS = {"jersey", "georgia", "america", "jordan", "chad", "niger", "of", "man"}
"""Names of countries that more often are something else in the name of an organisation."""
NO_LEGAL_FORM = {"in", "na", "nl", "at", "pr", "ps", "pc", "tu", "ii", "is", "us", "uu", "yu", "od", "ed"}
"""Short writings of legal forms that are other words more often."""
SEEN = 4
"""A word of fewer names than these counts as rare as any."""
MORE_LEGAL = {
    "eV": ["e V", "eingetragener Verein"],
    "FGUP": ["FGUP", "Federal State Unitary Enterprise", "FSUE"],
    "FGBU": ["FGBU", "FGBUN", "FGBOU", "FGAOU", "FGAOU VO", "FGBOU VO", "FGBOU VPO", "FGBNU"],
    "PUBLJSC": ["PJSC", "PAO", "Public Joint Stock Company"],
    "gGmbH": ["gGmbH", "gemeinnützige GmbH"],
    "ltd": [
        "Co Ltd",
        "Company Limited",
        "Company Ltd",
        "Co Limited",
        "Corp Ltd",
        "Corporation Ltd",
        "Ltd",
        "Limited",
        "Ltda",
    ],
    "inc": ["Inc", "Incorporated"],
    "corp": ["Corp"],
    "co": ["Co", "& Co", "and Company"],
    "epe": ["E P E"],
}


def fold(text: str) -> str:
    """As the room folds, once its tables are there."""
    from risk_engine.screening.names import fold as fold_name

    return fold_name(text)


def write(name: str, source: str, content: dict[str, Any]) -> None:
    """Write a table with where it is from."""
    text = json.dumps({"source": source, **content}, ensure_ascii=False, indent=0, sort_keys=True)
    (DATA / name).write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(text)} characters")


def legal_forms(path: Path) -> dict[str, list[str]]:
    """Legal forms by what they are compared as, with all writings."""
    from risk_engine.screening.names import tables

    types = {word for word, (_, kind) in tables().forms.items() if kind.value == "type"} - {"co", "corp"}
    found: dict[str, set[str]] = {}
    taken: set[str] = set()
    for form, written in MORE_LEGAL.items():
        found[form.casefold()] = {fold(one) for one in written}
        taken |= found[form.casefold()]
    for one in yaml.safe_load(path.read_text(encoding="utf-8"))["types"]:
        if one.get("generic") in NOT_LEGAL:
            continue
        form = fold(one.get("compare") or one.get("display") or one["aliases"][0]).replace(" ", "")
        several = {fold(alias) for alias in (*one.get("aliases", ()), one.get("display") or "")}
        found.setdefault(form, set()).update(several - taken - types - NO_LEGAL_FORM - {""})
        taken |= several
    return {form: sorted(several) for form, several in found.items() if several}


def countries(territories: Path, codes: Path) -> dict[str, list[str]]:
    """Names of countries by their codes."""
    found: dict[str, set[str]] = {}
    named: dict[str, str] = {"kr": "South Korea", "hk": "Hong Kong", "mo": "Macao", "tw": "Taiwan", "cz": "Czechia"}
    for line in territories.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["is_country"] or one["code"] in {"hk", "mo", "tw"}:
            named.setdefault(one["code"], one["name"])
            found.setdefault(one["code"], set()).update(fold(name) for name in (one["name"], *one["names_strong"]))
    with codes.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            names = (
                row[key] for key in ("official_name_en", "official_name_fr", "official_name_cn", "CLDR display name")
            )
            named.setdefault(code := row["ISO3166-1-Alpha-2"].casefold(), row["CLDR display name"])
            found.setdefault(code, set()).update(fold(name) for name in names)
    found["cn"] |= {"pr china", "p r china", "prc", "peoples r china", "mainland china", "republic of china people"}
    found["us"] |= {"usa", "united states of america", "u s a", "us"}
    found["gb"] |= {"uk", "great britain", "england", "scotland", "wales", "northern ireland"}
    found["nl"] |= {"the netherlands", "netherlands"}
    found["kr"] |= {"korea", "republic of korea", "south korea"}
    found["hk"] |= {"hong kong", "hong kong sar"}
    found["tw"] |= {"taiwan"}
    found["ru"] |= {"russia", "russian federation"}
    found["cz"] |= {"czech republic", "czechia"}
    found["ir"] |= {"iran"}
    english = {code: fold(name) for code, name in named.items()} | {
        "us": "united states",
        "gb": "united kingdom",
        "ru": "russia",
    }
    clear = {code: sorted(names - AMBIGUOUS - {"", english[code]}) for code, names in sorted(found.items())}
    return {
        code: names if english[code] in AMBIGUOUS else [english[code], *names]
        for code, names in clear.items()
        if names or english[code] not in AMBIGUOUS
    }


def rarity(folder: Path) -> dict[str, Any]:
    """How rare a word is: the logarithm of one part of names that hold it, and what a word never seen is."""
    from risk_engine.screening.names import fold as fold_name
    from risk_engine.screening.names import forms_of

    seen: Counter[str] = Counter()
    towns: set[str] = set()
    names = 0
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            words = {word for name in record["names"] for word in forms_of(fold_name(name["value"]))}
            seen.update(words)
            towns.update(fold_name(record["city"] or "").split())
            names += 1
    rare = {word: round(math.log(names / count), 2) for word, count in seen.items() if count >= SEEN}
    return {"words": rare, "rarest": round(math.log(names / 2), 2), "towns": " ".join(sorted(towns))}


def main() -> None:
    """Write all tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    data = parser.parse_args().data
    for name in ("legal_forms.json", "countries.json"):  # the first time
        if not (DATA / name).exists():
            write(name, "", {"names": {}})
    if not (DATA / "rarity.json").exists():
        write("rarity.json", "", {"words": {}, "rarest": 9})
    write("legal_forms.json", RIGOUR.format("org_types.yml"), {"names": legal_forms(data / "rigour" / "org_types.yml")})
    write(
        "countries.json",
        RIGOUR.format("territories") + "; datasets/country-codes, PDDL",
        {"names": countries(data / "rigour" / "territories.jsonl", data / "country_codes" / "country_codes_eu27.csv")},
    )
    write("rarity.json", "Counted in the Research Organization Registry (ROR), CC0", rarity(data / "ror"))


if __name__ == "__main__":
    main()
