"""Where an office listens: told before anything is made, and never shared with another program."""

import socket

import pytest

from risk_engine.files.diagnostics import RiskEngineError
from risk_engine.web.serve import place
from tests.web.test_outbox import free_port


def test_a_name_is_listened_on_by_its_address() -> None:
    assert place("127.0.0.1", free_port()) == "127.0.0.1"
    assert place("localhost", free_port()) in {"127.0.0.1", "::1"}


def test_a_port_that_another_program_has_is_not_shared_with_it() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, getattr(socket, "SO_REUSEPORT", socket.SO_REUSEADDR), 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(RiskEngineError, match="another program listens there already") as told:
            place("127.0.0.1", other.getsockname()[1])
    assert "--port" in (told.value.way_out or "")


@pytest.mark.parametrize(
    ("address", "words"), [("no-such-host.invalid", "no such address"), ("192.0.2.1", "nothing can listen")]
)
def test_an_address_that_is_not_of_this_computer_is_told(address: str, words: str) -> None:
    with pytest.raises(RiskEngineError, match=words) as told:
        place(address, 8000)
    assert "--address" in (told.value.way_out or "")
