"""A feed behind an address, by a real encrypted line: who is not known is not heard, and none is waited for."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from risk_engine.office.exchange.journal import pin, read_journal
from risk_engine.screening import fetch
from tests.cli.running import Result, run
from tests.office.exchange.offices import ENVIRONMENT, OFFICE, SET, key_file, pair, register_of

HERE = "127.0.0.1"


def certificate(path: Path, address: str = HERE) -> Path:
    """Write a certificate that a server made for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Office A")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path.with_suffix(".key").write_bytes(key.private_bytes(*form))
    return path


class Server:
    """A folder behind an address; `does` says what it does instead of giving the file that is asked for."""

    def __init__(self, folder: Path, made: Path) -> None:
        self.does = ""
        self.asked: list[str] = []
        over = threading.Event()
        server = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                match server.does:
                    case "sends to http" | "sends around" | "sends on" if not self.path.startswith("/there"):
                        self.send_response(302)
                        to = {"sends to http": "http://127.0.0.1:9/", "sends around": self.path}.get(server.does)
                        self.send_header("Location", to or f"/there{self.path}")
                        self.end_headers()
                    case "drips":
                        self.send_response(200)
                        self.end_headers()
                        while not over.wait(0.02):
                            self.wfile.write(b"{")
                    case "floods":
                        self.send_response(200)
                        self.end_headers()
                        while not over.is_set():
                            self.wfile.write(b"{" * 65536)
                    case _:
                        self.send_response(200)
                        self.end_headers()
                        self.wfile.write((folder / self.path.rpartition("/")[2]).read_bytes())

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # who asked went away
                    super().handle()

            def log_message(self, *_arguments: object) -> None:
                pass

        self._over = over
        self._http = ThreadingHTTPServer((HERE, 0), Answers)
        self._http.handle_error = lambda *_of: None  # type: ignore[method-assign]  # a hand that was not shaken
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made, made.with_suffix(".key"))
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.address = f"https://{HERE}:{self._http.server_port}/feed"

    def end(self) -> None:
        self._over.set()
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("feed")
    of = ("--office", OFFICE, "--key", key_file(home, OFFICE))
    assert run("criteria", "publish", f"{SET}@1.0.0", "--to", home / "feed", *of, **ENVIRONMENT).code == 0
    return home / "feed"


@pytest.fixture
def made(tmp_path: Path) -> Path:
    return certificate(tmp_path / "server.pem")


@pytest.fixture
def server(folder: Path, made: Path) -> Iterator[Server]:
    found = Server(folder, made)
    yield found
    found.end()


@pytest.fixture
def ours(tmp_path: Path) -> Path:
    register = register_of(tmp_path, "office-b")
    pin(register, OFFICE, pair(OFFICE)[1], OFFICE, by="B. Ode", why="compared")
    return register


def follow(server: Server, register: Path, *more: str | Path, trusted: Path | None = None) -> Result:
    known = {} if trusted is None else {"SSL_CERT_FILE": str(trusted)}
    return run("criteria", "follow", server.address, "--register", register, *more, **ENVIRONMENT, **known)


def test_a_server_that_nobody_vouches_for_is_not_heard_and_the_way_out_is_said(server: Server, ours: Path) -> None:
    result = follow(server, ours)
    assert result.code == 2
    assert "it cannot be told who answers there: its certificate is not one that counts here" in result.err
    assert "SSL_CERT_FILE" in result.err
    assert server.asked == []
    assert read_journal(ours).of("feed seen") == []


def test_a_server_with_the_certificate_of_another_address_is_not_heard(
    folder: Path, ours: Path, tmp_path: Path
) -> None:
    other = certificate(tmp_path / "other.pem", "192.0.2.1")
    server = Server(folder, other)
    result = follow(server, ours, trusted=other)
    server.end()
    assert (result.code, server.asked) == (2, [])
    assert "it cannot be told who answers there" in result.err
    assert "not valid for '127.0.0.1'" in result.err


def test_a_server_that_is_vouched_for_is_followed_and_a_version_adopted_from_it(
    server: Server, made: Path, ours: Path, tmp_path: Path
) -> None:
    shown = follow(server, ours, trusted=made)
    assert (shown.code, shown.out.splitlines()[0]) == (0, "index 1 of Office A")
    assert server.asked == ["/feed/feed.jsonl", "/feed/guest-labs-1.0.0.json"]
    (tmp_path / "sets").mkdir()
    who = ("--into", tmp_path / "sets", "--by", "B. Ode", "--reason", "the same law binds us")
    assert follow(server, ours, "--adopt", "guest-labs@1.0.0", *who, trusted=made).code == 0
    assert (tmp_path / "sets" / "guest-labs" / "releases" / "1.0.0.json").is_file()
    server.does = "sends on"
    assert follow(server, ours, trusted=made).code == 0
    assert server.asked[-1] == "/there/feed/feed.jsonl"


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("sends to http", "the server sends elsewhere without encryption, to http://127.0.0.1:9/"),
        ("sends around", "the server sends elsewhere, again and again"),
        ("drips", "it was not here within 0 seconds"),
        ("floods", "this is larger than 4096 KiB"),
    ],
)
def test_a_hostile_server_is_told_and_nothing_is_remembered(
    server: Server, made: Path, ours: Path, monkeypatch: pytest.MonkeyPatch, does: str, said: str
) -> None:
    if does == "drips":
        monkeypatch.setattr(fetch, "MOST_SECONDS", 0)
    server.does = does
    result = follow(server, ours, trusted=made)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert read_journal(ours).of("feed seen") == []
