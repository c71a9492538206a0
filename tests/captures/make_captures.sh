#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Makes the captures in this directory from real programs that talk to each other inside network
# namespaces. Nothing leaves the machine: the whole script runs in network, mount, process and host
# name namespaces of its own, and all it starts ends with it.
#
#   make_captures.sh demo           the fifteen-minute demo (takes fifteen minutes)
#   make_captures.sh NAME...        the named cases, for example: http_basic dns_udp
#   make_captures.sh cases          every case, not the demo
#   make_captures.sh all            both
#   make_captures.sh list           the names
#
# Needs root on Debian 12. KEEP=1 keeps the working directory (logs of the servers).
# The result is the same in kind each time, not byte for byte.
set -euo pipefail
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib=$here/lib
export PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1

if (($# == 0)); then
    sed -n '3,15s/^# \{0,1\}//p' "$here/make_captures.sh"
    exit 2
fi

packages=(bind9-dnsutils curl dnsmasq-base ethtool gcc iproute2 iputils-ping libc6-dev libpq-dev nftables
    nginx-light openssl postfix postgresql procps python3 python3-aiosmtpd python3-psycopg2
    redis-server redis-tools tcpdump tshark util-linux)
# What a file of cases needs besides, it says itself in lines "# packages: NAME ...".
# shellcheck disable=SC2207
packages+=($(sed -n 's/^# packages: //p' "$lib"/cases_*.sh))

if [[ -z ${PT_CAPTURES_WORK:-} && $1 != list ]]; then
    if ((EUID != 0)); then
        echo "make_captures.sh: needs root for network namespaces (try: sudo $0 $*)" >&2
        exit 1
    fi
    missing=()
    for p in "${packages[@]}"; do
        dpkg-query -W -f='${Status}' "$p" 2>/dev/null | grep -q '^install ok installed' || missing+=("$p")
    done
    if ((${#missing[@]})); then
        export DEBIAN_FRONTEND=noninteractive
        # Postfix is only wanted as a program, not as this machine's mail server.
        echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
        # Servers are wanted as programs only: none shall start when its package is installed.
        policy=/usr/sbin/policy-rc.d
        if [[ ! -e $policy ]]; then
            printf '#!/bin/sh\nexit 101\n' >$policy
            chmod 755 $policy
            trap 'rm -f $policy' EXIT
        fi
        apt-get -o DPkg::Lock::Timeout=600 update -qq
        apt-get -o DPkg::Lock::Timeout=600 install -y -qq --no-install-recommends "${missing[@]}"
        if [[ -n $(trap -p EXIT) ]]; then rm -f $policy; trap - EXIT; fi
    fi
    PT_CAPTURES_WORK=$(mktemp -d /tmp/captures.XXXXXX)
    export PT_CAPTURES_WORK
    chmod 755 "$PT_CAPTURES_WORK"
    cleanup() {
        # unshare takes all that runs inside with it
        kill "$inside" 2>/dev/null && wait "$inside" 2>/dev/null
        if [[ ${KEEP:-} == 1 ]]; then echo "kept: $PT_CAPTURES_WORK" >&2; else rm -rf "$PT_CAPTURES_WORK"; fi
    }
    trap cleanup EXIT
    trap 'exit 130' INT TERM HUP
    set -m # or all that is started below would ignore interrupts
    unshare --mount --uts --net --pid --fork --kill-child --mount-proc "$here/make_captures.sh" "$@" &
    inside=$!
    wait "$inside"
    exit
fi

# From here on: inside.
# shellcheck source=lib/net.sh
. "$lib/net.sh"
# shellcheck source=lib/servers.sh
. "$lib/servers.sh"
# shellcheck source=lib/case.sh
. "$lib/case.sh"
for f in "$lib"/cases_*.sh "$lib/demo.sh"; do
    # shellcheck source=/dev/null
    . "$f"
done

if [[ $1 == list ]]; then
    list_cases
    exit 0
fi

work=$PT_CAPTURES_WORK
trap stop_all EXIT
hostname capture
mount -t tmpfs tmpfs /run
mkdir -p "$work/home" "$work/etc" /run/netns
prepare_names

for what in "$@"; do
    case $what in
    demo) run_case demo ;;
    cases) for c in $(list_cases); do [[ $c == demo ]] || run_case "$c"; done ;;
    all) for c in $(list_cases); do run_case "$c"; done ;;
    *) run_case "$what" ;;
    esac
done
python3 "$lib/index.py" "$here"
