"""A certificate authority for tests and a server certificate of it for localhost."""

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Where the PEM files lie: the authority's certificate, the server's certificate and its key."""

    ca: Path
    server: Path
    key: Path

    @classmethod
    def make(cls, folder: Path, *, names: tuple[str, ...] = ("localhost",)) -> "Certificates":
        """Writes `ca.pem`, `server.pem`, `server.key`; the server's is valid for `names` and 127.0.0.1, for 30 days."""
        ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        issuer = _name("Musubi test authority")
        ca = _sign(issuer, ca_key.public_key(), issuer=issuer, by=ca_key, extensions=_authority(ca_key.public_key()))
        server = _sign(
            _name(names[0]), key.public_key(), issuer=issuer, by=ca_key, extensions=_server(names, ca_key.public_key())
        )
        files = cls(ca=folder / "ca.pem", server=folder / "server.pem", key=folder / "server.key")
        files.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
        files.server.write_bytes(server.public_bytes(serialization.Encoding.PEM))
        files.key.write_bytes(_pem(key))
        return files


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _sign(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey,
    *,
    issuer: x509.Name,
    by: ec.EllipticCurvePrivateKey,
    extensions: list[tuple[x509.ExtensionType, bool]],
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(by, hashes.SHA256())


def _authority(key: ec.EllipticCurvePublicKey) -> list[tuple[x509.ExtensionType, bool]]:
    usage = x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        crl_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return [
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (usage, True),
        (x509.SubjectKeyIdentifier.from_public_key(key), False),
    ]


def _server(names: tuple[str, ...], issuer: ec.EllipticCurvePublicKey) -> list[tuple[x509.ExtensionType, bool]]:
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return [
        (x509.SubjectAlternativeName([*map(x509.DNSName, names), address]), False),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer), False),
    ]


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
