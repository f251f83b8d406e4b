"""Small lists of our own in every layout, as their publishers write them; the organisations are made up."""

import json
import zipfile
from pathlib import Path
from typing import Any

OPENSANCTIONS_CSV = """\
"id","schema","name","aliases","birth_date","countries","addresses","identifiers","sanctions","phones","emails",\
"program_ids","dataset","first_seen","last_seen","last_change"
"NK-a1","Organization","Institute of Quiet Optics","IQO;Quiet Optics Laboratory","","cn;hk","12 Pine Road, Harbin",\
"91230000MA18X1","Entity List","","","US-BIS-EL","US Trade Consolidated Screening List (CSL)","2023-04-20T10:00:00",\
"2026-11-01T00:00:00","2026-10-01T00:00:00"
"Q900001","Company","Pine Works Ltd","","","cn","","","Entity List","","","",\
"US Trade Consolidated Screening List (CSL)",\
"2024-01-02","2026-11-01","2026-10-01"
"NK-p1","Person","Ada Example","","1970-01-01","cn","","","","","","","US Trade Consolidated Screening List (CSL)",\
"2023-04-20","2026-11-01","2026-10-01"
"NK-v1","Vessel","QUIET STAR","","","cn","","IMO9000001","","","","","US Trade Consolidated Screening List (CSL)",\
"2023-04-20","2026-11-01","2026-10-01"
"""


def _ftm(key: str, schema: str, said: dict[str, list[str]], *, target: bool = True) -> str:
    item: dict[str, Any] = {
        "id": key,
        "caption": said.get("name", [key])[0],
        "schema": schema,
        "referents": [],
        "datasets": ["eu_fsf"],
        "first_seen": "2022-03-01T00:00:00",
        "properties": said,
        "target": target,
    }
    return json.dumps(item, ensure_ascii=False)


FTM = "\n".join(
    (
        # What it is listed for stands before the entity, and behind it.
        _ftm(
            "s-1", "Sanction", {"entity": ["NK-1"], "startDate": ["2021-05-06"], "programId": ["EU-RUS"]}, target=False
        ),
        _ftm(
            "NK-1",
            "Company",
            {
                "name": ["Still Water Works"],
                "alias": ["SWW", "Завод «Тихая вода»"],
                "previousName": ["Pond Works"],
                "weakAlias": ["Works"],
                "jurisdiction": ["ru"],
                "leiCode": ["529900T8BM49AURSDO55"],
                "website": ["https://www.stillwater.example/en"],
                "topics": ["sanction"],
            },
        ),
        _ftm(
            "s-2", "Sanction", {"entity": ["NK-1"], "startDate": ["2022-01-01"], "reason": ["Dual use"]}, target=False
        ),
        _ftm("o-1", "Ownership", {"owner": ["NK-9"], "asset": ["NK-1"]}, target=False),
        _ftm("NK-2", "Organization", {"name": ["Ended Institute"], "topics": ["sanction"]}),
        _ftm("s-3", "Sanction", {"entity": ["NK-2"], "endDate": ["2023-07-01"]}, target=False),
        _ftm("NK-3", "Person", {"name": ["Ada Example"], "nationality": ["ru"]}),
        _ftm("NK-9", "Company", {"name": ["Owner that is not listed"]}, target=False),
    )
)

# What is empty is written so.
SDN = """\
36,"QUIET OPTICS, S.A.",~,"CUBA",~,~,~,~,~,~,~,"a.k.a. 'OPTIC'; Tax ID No. 80-0890696 (United \
States); Linked To: STILL WATER WORKS."
37,"EXAMPLE, Ada","individual","SDGT] [SDT",~,~,~,~,~,~,~,"DOB 1970."
38,"QUIET STAR","vessel","CUBA",~,"CL1",~,~,~,"Cuba",~,~
39,"STILL WATER WORKS",~,"NPWMD] [IFSR",~,~,~,~,~,~,~,~
\x1a
""".replace("~", "-0- ")
ALT = """\
36,12,"aka","QUIET OPTICAL WORKS",~
36,13,"fka","OPTICA QUIETA",~
37,14,"aka","EXAMPLE, A.",~
\x1a
""".replace("~", "-0- ")
ADD = """\
36,25,"Calle 1 ","Havana","Cuba",~
39,26,~,"Tehran","Iran",~
39,27,~,~,"undetermined",~
\x1a
""".replace("~", "-0- ")

UN_XML = """\
<?xml version="1.0" encoding="utf-8"?>
<CONSOLIDATED_LIST xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" dateGenerated="2026-11-20T00:00:09.554Z">
<INDIVIDUALS><INDIVIDUAL><DATAID>110</DATAID><FIRST_NAME>Ada</FIRST_NAME><SECOND_NAME>Example</SECOND_NAME>
<UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPi.001</REFERENCE_NUMBER><LISTED_ON>2016-03-02</LISTED_ON>
<NATIONALITY><VALUE>Nowhere</VALUE></NATIONALITY></INDIVIDUAL></INDIVIDUALS>
<ENTITIES><ENTITY><DATAID>111</DATAID><FIRST_NAME>ACADEMY OF QUIET SCIENCE (AQS) ; QUIET ACADEMY</FIRST_NAME>
<UN_LIST_TYPE>DPRK</UN_LIST_TYPE><REFERENCE_NUMBER>KPe.001</REFERENCE_NUMBER><LISTED_ON>2016-03-02-04:00</LISTED_ON>
<NAME_ORIGINAL_SCRIPT>조용한 과학원</NAME_ORIGINAL_SCRIPT><COMMENTS1>Works on quiet things.</COMMENTS1>
<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>Second Academy</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Old Academy</ALIAS_NAME></ENTITY_ALIAS>
<ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>
<ENTITY_ADDRESS><CITY>Pyongyang</CITY><COUNTRY>Democratic People's Republic of Korea</COUNTRY></ENTITY_ADDRESS>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>
"""

EU_XML = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-11-21T17:00:34.049+01:00" globalFileId="1">
<sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="EU.1.1" logicalId="13">
<subjectType code="person" classificationCode="P"/><nameAlias wholeName="Ada Example" strong="true" logicalId="1"/>
<citizenship countryIso2Code="RU"/></sanctionEntity>
<sanctionEntity designationDate="2022-03-15" euReferenceNumber="EU.2.2" logicalId="14">
<remark>Makes quiet parts.</remark>
<regulation regulationType="regulation" publicationDate="2022-03-16" numberTitle="2022/1 (OJ L1)" programme="RUS">
<publicationUrl>https://eur-lex.europa.eu/quiet</publicationUrl></regulation>
<subjectType code="enterprise" classificationCode="E"/>
<nameAlias wholeName="Quiet Parts JSC" nameLanguage="EN" strong="true"/>
<nameAlias wholeName="Завод «Тихие детали»" nameLanguage="RU" strong="true"/>
<nameAlias wholeName="Parts" strong="false"/>
<address city="Tula" street="Pine 1" zipCode="300000" countryIso2Code="RU" countryDescription="RUSSIAN FEDERATION"/>
<address city="" street="" zipCode="" countryIso2Code="00" countryDescription="UNKNOWN"/>
<identification identificationTypeCode="regnumber" number="1027700000000 (OGRN)" countryIso2Code="RU"/>
</sanctionEntity></export>
"""

EU_CSV = """\
\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_UnitedNationId;Entity_DesignationDate;\
Entity_DesignationDetails;Entity_Remark;Entity_SubjectType;Entity_SubjectType_ClassificationCode;\
Entity_Regulation_PublicationDate;Entity_Regulation_Programme;Entity_Regulation_PublicationUrl;NameAlias_WholeName;\
NameAlias_NameLanguage;Address_City;Address_Street;Address_ZipCode;Address_CountryIso2Code;Address_CountryDescription;\
Identification_Number;Identification_TypeCode
21/11/2026;13;EU.1.1;;;;;P;person;2003-07-08;IRQ;;Ada Example;;;;;;;;
21/11/2026;14;EU.2.2;;;;"Makes quiet; parts.";E;enterprise;2022-03-16;RUS;https://eur-lex.europa.eu/quiet;\
Quiet Parts JSC;EN;;;;;;;
21/11/2026;14;EU.2.2;;;;"Makes quiet; parts.";E;enterprise;2022-03-16;RUS;https://eur-lex.europa.eu/quiet;\
Завод «Тихие детали»;RU;;;;;;;
21/11/2026;14;EU.2.2;;;;"Makes quiet; parts.";E;enterprise;2022-03-16;RUS;https://eur-lex.europa.eu/quiet;;;\
Tula;Pine 1;\
300000;RU;RUSSIAN FEDERATION;;
21/11/2026;14;EU.2.2;;;;"Makes quiet; parts.";E;enterprise;2022-03-16;RUS;https://eur-lex.europa.eu/quiet;;;;;;;;\
1027700000000;regnumber
"""

CSL_CSV = """\
_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order,\
license_requirement,license_policy,remarks,source_list_url,alt_names,source_information_url,ids
aa1,Entity List (EL) - Bureau of Industry and Security,,,,Quiet Radar Institute,,"5 Pine Road, Xi'an, CN; Harbin, CN",\
66 FR 24266,2001-05-14,,,,Presumption of denial,,https://list.example,Quiet Radar; QRI,https://info.example,
aa2,Specially Designated Nationals (SDN) - Treasury Department,20264,Entity,IRAN; NPWMD,STILL WATER WORKS,,IR,,,,,,,,,\
,,"IR, 10-1, Tax ID No.; www.stillwater.example, Website"
aa3,Specially Designated Nationals (SDN) - Treasury Department,20265,Individual,IRAN,"EXAMPLE, Ada",,,,,,,,,,,,,
aa4,Specially Designated Nationals (SDN) - Treasury Department,20266,Vessel,IRAN,QUIET STAR,,,,,,,,,,,,,
aa5,Denied Persons List (DPL) - Bureau of Industry and Security,,,,ADA EXAMPLE,,"PHOENIX, AZ, 85043",,2020-01-01,\
2030-01-01,Y,,,,,,,
aa6,Denied Persons List (DPL) - Bureau of Industry and Security,,,,QUIET EXPORT GMBH,,"Passau, DE",,\
2020-01-01,2030-01-01,\
Y,,,,,,,
"""

CSL_JSON = json.dumps(
    {
        "total": 2,
        "sources_used": [{"source": "Entity List (EL)"}],
        "results": [
            {
                "id": "aa1",
                "source": "Entity List (EL) - Bureau of Industry and Security",
                "type": None,
                "name": "Quiet Radar Institute",
                "alt_names": ["Quiet Radar", "QRI"],
                "programs": [],
                "addresses": [
                    {"address": "5 Pine Road", "city": "Xi'an", "country": "CN"},
                    {"city": "Harbin", "country": "CN"},
                ],
                "start_date": "2001-05-14",
                "license_policy": "Presumption of denial",
                "federal_register_notice": "66 FR 24266",
                "source_information_url": "https://info.example",
                "ids": [{"type": "Website", "number": "www.radar.example", "country": None}],
            },
            {
                "id": "aa3",
                "source": "SDN",
                "type": "Individual",
                "name": "EXAMPLE, Ada",
                "alt_names": [],
                "programs": [],
            },
        ],
    },
    indent=1,
)

MISP = json.dumps(
    {
        "authors": ["Somebody"],
        "category": "academic-institution",
        "name": "Quiet Universities Tracker",
        "type": "quiet-universities",
        "values": [
            {
                "description": "It teaches quiet officers.",
                "meta": {
                    "address": "Pine Road, Beijing",
                    "aliases": ["静军大学", "QMU", "Quiet Officers School"],
                    "categories": ["Military"],
                    "refs": ["https://tracker.example/qmu"],
                    "subsidiaries": ["Quiet College (静学院)"],
                    "supervising agencies": ["Quiet Commission"],
                    "topics": ["Acoustics"],
                },
                "uuid": "6ba88ae5-0000-4000-8000-0a01a1309dad",
                "value": "Quiet Military University (安静军事大学)",
            }
        ],
    },
    indent=4,
)


def ror_v2(number: str = "01rxvg760", name: str = "Quiet University") -> dict[str, Any]:
    """Return a record as schema 2 has it."""
    return {
        "admin": {"created": {"date": "2018-11-14", "schema_version": "1.0"}},
        "domains": ["quiet.example"],
        "established": 1902,
        "external_ids": [
            {"all": ["grid.41156.37"], "preferred": "grid.41156.37", "type": "grid"},
            {"all": ["Q30253765"], "preferred": None, "type": "wikidata"},
            {"all": ["0000 0001 2314 964X"], "preferred": None, "type": "isni"},
        ],
        "id": f"https://ror.org/{number}",
        "links": [
            {"type": "website", "value": "https://www.quiet-university.example/en"},
            {"type": "wikipedia", "value": "https://en.wikipedia.org/wiki/Quiet"},
        ],
        "locations": [{"geonames_details": {"country_code": "CN", "name": "Nanjing"}, "geonames_id": 1}],
        "names": [
            {"lang": "zh", "types": ["label"], "value": "安静大学"},
            {"lang": "en", "types": ["ror_display", "label"], "value": name},
            {"lang": None, "types": ["acronym"], "value": "QU"},
            {"lang": None, "types": ["alias"], "value": "University of Quiet"},
        ],
        "relationships": [{"type": "child", "id": "https://ror.org/02dynav67", "label": "Quiet Hospital"}],
        "status": "active",
        "types": ["education", "funder"],
    }


ROR_V1: dict[str, Any] = {
    "id": "https://ror.org/01rxvg760",
    "name": "Quiet University",
    "status": "active",
    "types": ["Education"],
    "links": ["https://www.quiet-university.example/en"],
    "aliases": ["University of Quiet"],
    "acronyms": ["QU"],
    "labels": [{"label": "安静大学", "iso639": "zh"}],
    "wikipedia_url": "https://en.wikipedia.org/wiki/Quiet",
    "country": {"country_code": "CN", "country_name": "China"},
    "addresses": [{"city": "Nanjing"}],
    "external_ids": {
        "GRID": {"preferred": "grid.41156.37", "all": "grid.41156.37"},
        "Wikidata": {"preferred": None, "all": ["Q30253765"]},
    },
    "relationships": [{"type": "Child", "id": "https://ror.org/02dynav67", "label": "Quiet Hospital"}],
}

TABLE = """\
Institute,Other names,Land,From,Until,Parent
=Quiet Institute,QI; Institute of Quiet,China,1 March 2024,,Quiet Academy
Still Institute,,Russia,1 March 2024,1 March 2025,
"""
MAPPING = """\
title: Our own list
standing: tracker
jurisdiction: DE
dates: ["%d %B %Y"]
columns:
  name: Institute
  names: {Other names: alias}
  countries: [Land]
  since: From
  until: Until
  relations: {Parent: parent}
"""

FILES = {
    "targets.simple.csv": OPENSANCTIONS_CSV,
    "entities.ftm.json": FTM,
    "sdn.csv": SDN,
    "alt.csv": ALT,
    "add.csv": ADD,
    "consolidated.xml": UN_XML,
    "eu.xml": EU_XML,
    "eu.csv": EU_CSV,
    "csl.csv": CSL_CSV,
    "csl.json": CSL_JSON,
    "cluster.json": MISP,
    "ror.json": json.dumps([ror_v2(), ror_v2("02dynav67", "Quiet Hospital")], indent=1),
    "ror.jsonl": "\n".join(map(json.dumps, (ror_v2(), ROR_V1 | {"id": "https://ror.org/02dynav67"}))),
    "own.csv": TABLE,
    "mapping.yaml": MAPPING,
}


def write_all(folder: Path) -> Path:
    """Write every sample into a folder, and an archive as the registry's dumps are."""
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8", newline="")
    with zipfile.ZipFile(folder / "v2.1-2026-10-01-ror-data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v2.1-2026-10-01-ror-data.json", json.dumps([ROR_V1]))
        archive.writestr("v2.1-2026-10-01-ror-data_schema_v2.json", FILES["ror.json"])
        archive.writestr("v2.1-2026-10-01-ror-data_schema_v2.csv", "id,names")
    return folder
