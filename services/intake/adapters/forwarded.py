"""Who sent a request that web servers passed on."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from werkzeug.wrappers import Request

from shared.settings import BadSetting, Environment

_HEADER = "X-Forwarded-For"


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Web servers of the desk's own: what they say of where a request came from is believed."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def from_settings(cls, env: Environment) -> TrustedProxies:
        """Of ``PERMANENCE_TRUSTED_PROXIES``: addresses, networks; raises BadSetting."""
        texts = (env.get("TRUSTED_PROXIES") or "").replace(",", " ").split()
        return cls(tuple(_network(text) for text in texts))

    def sender(self, request: Request) -> str:
        """The address from which the first of our own web servers, or else we, got ``request``.

        Each of them adds to the header where its request came from; what stands before the first
        address that is not theirs anybody can have written.
        """
        address = request.remote_addr or ""
        hops = [hop.strip() for hop in request.headers.get(_HEADER, "").split(",")]
        while hops and self._trust(address) and _parsed(hops[-1]) is not None:
            address = hops.pop()
        return address

    def _trust(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self.networks)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # An IPv4 address, as a socket for both shows it.
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError:
        raise BadSetting(
            f"PERMANENCE_TRUSTED_PROXIES: {text!r}: write addresses or networks, such as "
            "10.0.0.7 or 172.16.0.0/12, with commas"
        ) from None
