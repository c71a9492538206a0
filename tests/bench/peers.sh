#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# PasTmon beside its peers and an empty pcap_loop: speed and memory over one large capture, in one run. See README.md.
#
#   peers.sh [OPTION...]
#     --packets N      size of the capture that is made (default 3000000)
#     --rounds N       how often each program runs (default 7)
#     --keep FILE      keep the capture there
#     --capture FILE   take this one (pcap) instead of making one
#     --build DIR      PasTmon's build directory, configured with -DPASTMON_BENCH=ON (default: that of preset "bench")
#
# Making a capture and installing what is missing needs root. Packages stay installed; services are not started.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=$root/build/bench
packets=3000000 rounds=7 keep='' capture=''

usage() { sed -n '4,12s/^# \{0,1\}//p' "$0" >&2; exit 2; }
number() { [[ $1 =~ ^[1-9][0-9]{0,9}$ ]] || usage; echo "$1"; }
while (($#)); do
    (($# >= 2)) || usage
    case $1 in
    --packets) packets=$(number "$2") ;;
    --rounds) rounds=$(number "$2") ;;
    --keep) keep=$(realpath -m -- "$2") ;;
    --capture) capture=$(realpath -e -- "$2") ;;
    --build) build=$(realpath -e -- "$2") ;;
    *) usage ;;
    esac
    shift 2
done

peers=(tcpdump darkstat httpry softflowd nfdump libndpi-bin argus-server argus-client tcptrace tshark)
traffic=(dnsmasq-base ethtool iproute2 memcached nginx openssl postfix postgresql procps python3-uvloop redis-server
    util-linux)

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

install() { # PACKAGE...: one by one, so that what cannot be had does not stop the others
    local p policy=/usr/sbin/policy-rc.d missing=()
    for p in "$@"; do installed "$p" || missing+=("$p"); done
    ((${#missing[@]})) || return 0
    if ((EUID != 0)); then
        echo "peers.sh: not installed, and that needs root: ${missing[*]}" >&2
        return
    fi
    echo "installing: ${missing[*]}" >&2
    # All are wanted as programs: no service starts, Postfix does not become this machine's mail server, and PostgreSQL
    # makes no cluster.
    if [[ ! -e $policy ]]; then
        policy_made=$policy
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi
    if [[ ! -e /etc/postgresql-common/createcluster.conf ]]; then
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    export DEBIAN_FRONTEND=noninteractive
    if command -v debconf-set-selections >/dev/null; then
        echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections
    fi
    apt-get -q -y -o DPkg::Lock::Timeout=600 update >"$scratch/apt.log" 2>&1 || true
    for p in "${missing[@]}"; do
        apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "$p" >"$scratch/apt.log" 2>&1 ||
            echo "cannot be installed: $p: $(tail -n 1 "$scratch/apt.log")" >&2
    done
    remove_policy
}

policy_made=''
remove_policy() { if [[ -n $policy_made ]]; then rm -f "$policy_made"; policy_made=''; fi; }

scratch=$(mktemp -d "${TMPDIR:-/tmp}/peers.XXXXXX")
running=''
cleanup() {
    if [[ -n $running ]]; then
        kill "$running" 2>/dev/null || true
        wait "$running" 2>/dev/null || true
    fi
    remove_policy
    rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
run() { # COMMAND...: so that a signal ends it, too, and at once
    "$@" &
    running=$!
    local status=0
    wait "$running" || status=$?
    running=''
    return $status
}

install "${peers[@]}"
echo "building in $build" >&2
(
    cd "$root"
    [[ $build != "$root/build/bench" ]] || cmake --preset bench
    cmake --build "$build" --target empty_loop measure pastmon pastmon_bench
) >"$scratch/build.log" 2>&1 || { tail -n 20 "$scratch/build.log" >&2; exit 1; }

made=given
if [[ -z $capture ]]; then
    install "${traffic[@]}"
    ((EUID == 0)) || { echo "peers.sh: making a capture needs root (or give one with --capture)" >&2; exit 1; }
    capture=${keep:-$scratch/capture.pcap}
    echo "making a capture of $packets packets" >&2
    run "$here/peers_capture.sh" "$capture" "$packets" >"$scratch/made"
    made="all of it real traffic, nothing multiplied"
elif [[ -n $keep ]]; then
    cp -- "$capture" "$keep"
fi

echo "commit $(git -C "$root" describe --always --dirty 2>/dev/null || echo unknown), built in ${build#"$root/"}"
echo "$(uname -sr), $(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -n 1), load $(cut -d' ' -f1 /proc/loadavg)"
echo "capture: $made"
[[ ! -s $scratch/made ]] || cat "$scratch/made"
run python3 "$here/peers_run.py" --bin "$build/bin" --rounds "$rounds" --scratch "$scratch" --source "$root" \
    "$capture"
