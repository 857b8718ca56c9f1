"""What ``doctor`` looks at below HTTP: the proxy, the name, the connection, and what the port speaks."""

from __future__ import annotations

import os
import socket
import ssl
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pagertree_async.addresses import is_loopback
from pagertree_async.cli.exits import Exit
from pagertree_async.cli.failures import code_of, lines_of, printable
from pagertree_async.errors import ConfigurationError
from pagertree_async.transports._proxies import Proxies
from pagertree_async.transports._routes import Settings

PATIENCE = 5.0
GREETING = b"HEAD / HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n"
NO_TLS = "Have the address begin with http://, or name the port that speaks TLS"
NO_TLS_AFAR = "Name the port that speaks TLS, mostly 443; http:// would show the credentials to everybody on the way"
CONNECT = "Check the address, the port and the firewall, and that the server runs"
CUT = "Check the port, the firewall and what stands between this machine and the server"
UNTRUSTED = "Set SSL_CERT_FILE to the certificates to believe, if a company's proxy stands in between"
ANOTHERS = "Check the host in the address: its certificate is for another name"
OUT_OF_TIME = "Check this machine's clock; if it is right, whoever runs the server has to renew the certificate"
REASONS = {9: OUT_OF_TIME, 10: OUT_OF_TIME, 62: ANOTHERS, 64: ANOTHERS}
"""What to do about a certificate, by the number that OpenSSL has for what is wrong with it."""


class Finding(NamedTuple):
    """What became of one check.

    Attributes:
        what: What was checked.
        verdict: ``passed``, ``failed`` or ``skipped``.
        told: What was found.
        hint: What to do about it.
        code: The exit code that a failure stands for.
    """

    what: str
    verdict: str
    told: str
    hint: str = ""
    code: Exit = Exit.OK

    def lines(self) -> list[str]:
        """The finding as it is printed."""
        first = f"{self.verdict:<8}{self.what}: {printable(self.told)}"
        return [first, f"{'':8}{printable(self.hint)}"] if self.hint else [first]


def failed(what: str, error: Exception) -> Finding:
    """A check that ended with an error which says itself what to do."""
    text, *hint = [line.partition(": ")[2] for line in lines_of(error)]
    return Finding(what, "failed", text, *hint or [""], code=code_of(error))


class Peer(NamedTuple):
    """The other end of a connection.

    Attributes:
        secure: Whether it is to speak TLS.
        host: Its name or address.
        port: Its port.
    """

    secure: bool
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Peer:
        """Whom an address leads to."""
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        return cls(secure, parts.hostname or "", parts.port or (443 if secure else 80))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def connected(self) -> socket.socket:
        """A connection to it.

        Raises:
            OSError: There is none within ``PATIENCE``.
        """
        return socket.create_connection((self.host, self.port), PATIENCE)


def proxy(url: str) -> tuple[Finding, Any]:
    """Which proxy leads to an address, from which variable, and whether it is there."""
    scheme, peer = urlsplit(url).scheme, Peer.of(url)
    names = (f"{one}_proxy" for one in (scheme, "all"))
    name = next((name for lower in names for name in (lower, lower.upper()) if os.environ.get(name)), "")
    around = f"Correct {name}, unset it, or have NO_PROXY={peer.host} go around it"
    try:
        found = Proxies(None, trust_env=True).to(scheme, peer.host, peer.port)
    except ConfigurationError as error:
        return failed("proxy", error), None
    if found is None:
        told = f"none; {name} is not used for {peer.host}" if name else "none"
        return Finding("proxy", "passed", told), None
    told = f"{found.peer}, from {name}"
    try:
        Peer(False, found.host, found.port).connected().close()
    except OSError as error:
        return Finding("proxy", "failed", f"{told}: {_reason(error)}", around, Exit.UNREACHABLE), found
    return Finding("proxy", "passed", f"{told}; it accepts connections"), found


def name(peer: Peer) -> Finding:
    """Whether the host's name can be looked up."""
    try:
        found = socket.getaddrinfo(peer.host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        hint = "Check the spelling, the network and the name server"
        reason = _reason(error) if isinstance(error, OSError) else "it is no name that can be looked up"
        return Finding("name", "failed", f"{peer.host}: {reason}", hint, Exit.UNREACHABLE)
    addresses = ", ".join(dict.fromkeys(str(one[4][0]) for one in found))
    return Finding("name", "passed", f"{peer.host} is {addresses}")


def connection(peer: Peer) -> Finding:
    """Whether the port accepts connections."""
    try:
        peer.connected().close()
    except OSError as error:
        return Finding("connection", "failed", f"{peer}: {_reason(error)}", CONNECT, Exit.UNREACHABLE)
    return Finding("connection", "passed", f"{peer} accepts connections")


def tls(peer: Peer) -> Finding:
    """Whether the port speaks TLS, with a certificate to be believed."""
    if not peer.secure:
        return Finding("TLS", "skipped", "http:// is not encrypted")
    try:
        with peer.connected() as plain, _context().wrap_socket(plain, server_hostname=peer.host) as wire:
            return Finding("TLS", "passed", f"{wire.version()}, the certificate is believed")
    except ssl.SSLCertVerificationError as error:
        hint = REASONS.get(error.verify_code, UNTRUSTED)
        return Finding("TLS", "failed", f"{peer}: {error.verify_message}", hint, Exit.UNREACHABLE)
    except OSError as error:
        if isinstance(error, ssl.SSLError | TimeoutError) and speaks_http(peer):
            hint = NO_TLS if is_loopback(peer.host) else NO_TLS_AFAR
            return Finding("TLS", "failed", f"{peer} answers plain HTTP, not TLS", hint, Exit.UNREACHABLE)
        return Finding("TLS", "failed", f"{peer}: the handshake failed: {_reason(error)}", CUT, Exit.UNREACHABLE)


def speaks_http(peer: Peer) -> bool:
    """Whether the port answers plain HTTP; it is asked without credentials, for nothing in particular."""
    try:
        with peer.connected() as plain:
            plain.sendall(GREETING % peer.host.encode())
            head = plain.recv(12)
    except OSError:
        return False
    return head.startswith(b"HTTP/") and not head.endswith(b" 400")  # which many that speak TLS answer to plain HTTP


def speaks_tls(peer: Peer) -> bool:
    """Whether the port answers a TLS handshake, whatever its certificate; nothing else is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with peer.connected() as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {PATIENCE:.0f} s"
    if isinstance(error, ssl.SSLError):
        return (error.reason or "it was cut").replace("_", " ").lower()
    return error.strerror or str(error)


def _context() -> Any:
    """The certificates that a client believes by default."""
    return Settings(None, verify=True, trust_env=True).context()
