"""No spelling of a host leads a mailbox into our own network."""

import ipaddress

import pytest

from contracts.errors import MailboxRefused
from mail_ingest_service.hosts import Allowed, addresses_of, checked_addresses, is_public

NOBODY = Allowed()

# Spellings that the system's resolver takes for an address of this machine or of a private network.
SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "0177.1", "2130706433", "017700000001",
    "127.000.000.001", "127.255.255.254", "0", "0.0", "0.0.0", "00", "0x0", "localhost", "LOCALHOST", "localhost.",
    "10.0.0.1", "10.1", "0x0a000001", "167772161", "012.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1",
    "192.168.1", "0xc0a80001", "3232235521", "169.254.169.254", "0xa9fea9fe", "2852039166", "100.64.0.1",
    "198.18.0.1", "192.0.2.1", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "192.0.0.8", "::1", "0:0:0:0:0:0:0:1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::127.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::",
    "2001:0:7f00:1::", "fe80::1", "fe80::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1",
    "①②⑦.0.0.1", "１２７.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_own_address_is_connected_to(host):
    with pytest.raises(MailboxRefused) as refusal:
        checked_addresses(host, 993, allowed=NOBODY)
    assert refusal.value.extra["reason"] in ("not_allowed", "host_unknown")


@pytest.mark.parametrize("host", ["", " ", "no-such-host.invalid", "a" * 300, "mail\0.example.jp", "..", "[::1]"])
def test_what_is_no_host_is_an_unknown_host(host):
    with pytest.raises(MailboxRefused) as refusal:
        checked_addresses(host, 993, allowed=NOBODY)
    assert refusal.value.extra["reason"] == "host_unknown"


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.196.109", "2404:6800:4004:80b::200e", "64:ff9b::808:808"])
def test_an_address_of_the_open_internet_may_be_used(address):
    assert checked_addresses("mail.example.jp", 993, allowed=NOBODY, resolve=lambda *_: [address]) == [
        str(ipaddress.ip_address(address))
    ]


def test_one_private_address_among_public_ones_spoils_the_name():
    with pytest.raises(MailboxRefused) as refusal:
        checked_addresses("mail.example.jp", 993, allowed=NOBODY, resolve=lambda *_: ["8.8.8.8", "10.0.0.7"])
    assert refusal.value.extra["reason"] == "not_allowed"


@pytest.mark.parametrize("port", [25, 80, 6379, 5432, 11211])
def test_other_ports_than_those_of_imap_are_refused(port):
    with pytest.raises(MailboxRefused):
        checked_addresses("mail.example.jp", port, allowed=NOBODY, resolve=lambda *_: ["8.8.8.8"])


def test_an_administrator_can_allow_a_network_and_a_name_with_any_port():
    allowed = Allowed.parse("10.0.0.0/8, mail.example.lan")
    assert checked_addresses("x", 10143, allowed=allowed, resolve=lambda *_: ["10.0.0.7"]) == ["10.0.0.7"]
    assert checked_addresses("MAIL.example.lan", 1, allowed=allowed, resolve=lambda *_: ["192.168.0.9"])
    with pytest.raises(MailboxRefused):
        checked_addresses("other.example.lan", 993, allowed=allowed, resolve=lambda *_: ["192.168.0.9"])


def test_teredo_hides_no_private_address():
    assert not is_public(ipaddress.ip_address("2001:0:4136:e378:8000:63bf:3fff:fdd2"))


def test_names_are_resolved_by_the_system():
    assert "127.0.0.1" in addresses_of("localhost", 993)
