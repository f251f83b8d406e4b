import hashlib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.model.decision import Reply
from risk_engine.records.decide import MAX_TEXT, read_reply

DAY = date(2026, 12, 1)


@given(content=st.binary(max_size=40) | st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_the_text_in_the_record_is_the_file_to_the_byte_or_is_not_there(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "reply.txt"
    file.write_bytes(content)
    reply = read_reply(file, "Dr A", DAY)
    assert (reply.sha256, reply.size) == (hashlib.sha256(content).hexdigest(), len(content))
    again = Reply.model_validate_json(reply.model_dump_json(by_alias=True))
    assert again == reply
    assert again.text is None or again.text.encode() == content


def test_plain_text_is_kept_up_to_a_length(tmp_path: Path) -> None:
    file = tmp_path / "r.txt"
    for size, kept in ((MAX_TEXT, True), (MAX_TEXT + 1, False), (0, True)):
        file.write_bytes(b"a" * size)
        assert (read_reply(file, "Dr A", DAY).text is not None) == kept


@pytest.mark.parametrize("content", [b"\xff", b"\x00", b"a\x1b[2J", "\u2028".encode(), "\x85".encode()])
def test_what_is_no_plain_text_is_kept_by_its_digest_only(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.txt").write_bytes(content)
    assert read_reply(tmp_path / "r.txt", "Dr A", DAY).text is None


def test_the_name_of_the_file_is_text_whatever_it_was(tmp_path: Path) -> None:
    import os

    name = os.fsdecode(b"a\xff\x1b.txt")
    try:
        (tmp_path / name).write_bytes(b"x")
    except OSError:
        pytest.skip("this system refuses such a name itself")
    assert read_reply(tmp_path / name, "Dr A", DAY).name == "a\ufffd\ufffd.txt"


def test_a_reply_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(RiskEngineError, match="the reply cannot be read: no such file or directory"):
        read_reply(tmp_path / "nowhere", "Dr A", DAY)
    with pytest.raises(RiskEngineError, match="the reply cannot be read"):
        read_reply(tmp_path, "Dr A", DAY)
