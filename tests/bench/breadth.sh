#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What all shipped signatures cost against seven of them, in one run; see README.md.
#   breadth.sh [--multiply N] [--rounds N] CAPTURE...
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
few=$(mktemp -d)
trap 'rm -rf "$few"' EXIT
for service in dns http icmp postgresql redis smtp tls; do cp "$root/etc/signatures.d/$service.conf" "$few"; done
# What they lead to must be there, too.
while missing=$({ "$root/build/bench/bin/pastmon_bench" --signatures "$few" /dev/null 2>&1 || true; } | sed -n "s/.*there is no service '\(.*\)'.*/\1/p") &&
    [ -n "$missing" ]; do
    cp "$(grep -lE "^ {2,4}name = \"$missing\";" "$root"/etc/signatures.d/*.conf | head -n 1)" "$few"
done
echo "against: $(ls "$few" | tr '\n' ' ')"
"$root/build/bench/bin/pastmon_bench" --against "$few" "$@"
