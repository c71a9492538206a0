# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# What a mirror port shows of traffic that the sensor sees twice. Made from other cases by lib/mirror.py.

# mirrored NAME KIND SOURCE <TEXT
mirrored() {
    { echo "# $1"; echo; cat; } >"$here/$1/README.md"
    python3 "$lib/mirror.py" "$2" "$here/$3" "$here/$1"
}

case_mirror_span() {
    mirrored mirror_span span tcp_loss <<'TXT'
tcp_loss as a switch shows it that mirrors both directions of a port: each IP packet is there twice, the copy a few
microseconds behind the first. No copy counts, and what the hosts truly sent again is still a retransmission.
TXT
}

case_mirror_routed() {
    mirrored mirror_routed routed http_basic <<'TXT'
http_basic seen on both sides of a router: each IP packet is there again 16 µs later, in VLAN 50, with other MAC addresses
and a TTL one lower. Each counts once, as first seen.
TXT
}
