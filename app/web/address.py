"""Where a connection comes from: the peer, or what proxies that are trusted say of it. Pure."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def client_address(
    peer: str | None, forwarded_for: str | None, trusted: frozenset[str]
) -> str | None:
    """The address of the client behind ``peer``.

    ``forwarded_for`` is the value of `X-Forwarded-For`, ``trusted`` addresses or networks.
    Read from the right: each proxy adds whom it saw, so the first that is not ours is it.
    """
    if forwarded_for is None or not is_trusted(peer, trusted):
        return peer
    address = peer
    for name in reversed(forwarded_for.split(",")):
        said = _plain(name)
        if said is None:
            return address
        address = said
        if not is_trusted(address, trusted):
            break
    return address


def is_trusted(peer: str | None, trusted: frozenset[str]) -> bool:
    """Whether ``peer`` is one of the named proxies."""
    if peer is None or not trusted:
        return False
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in _networks(trusted))


@lru_cache(maxsize=8)
def _networks(trusted: frozenset[str]) -> tuple[Network, ...]:
    return tuple(ip_network(name, strict=False) for name in sorted(trusted))


def _plain(name: str) -> str | None:
    """The address alone, without port and brackets; None for anything else."""
    text = name.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text))
    except ValueError:
        return None
