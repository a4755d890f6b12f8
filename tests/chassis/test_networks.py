"""Clients are counted by address, or by what one line of IPv6 gets."""

import pytest

from chassis.networks import client_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
        ("unknown", "unknown"),
        ("", ""),
        (None, ""),
    ],
)
def test_an_ipv6_address_counts_as_its_network_and_any_other_text_as_itself(address, network):
    assert client_network(address) == network
