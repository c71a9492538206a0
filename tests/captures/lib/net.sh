# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# The network the captures are made in, and how to run, wait for and stop things in it.
#
#   desk1, desk2 ---- (bridge "clients") router (bridge "servers") ---- web1 db1 cache1 dns1 mail1
#   branch1 ---- relay over TUN ---------'
#
# The sensor is tcpdump on the router's bridge "servers", so it sees what the servers see.

pids=() # everything we started in the background and must stop

declare -A v4=([desk1]=10.20.0.11 [desk2]=10.20.0.12 [branch1]=10.20.0.13 [web1]=10.20.1.21
    [db1]=10.20.1.22 [cache1]=10.20.1.23 [dns1]=10.20.1.24 [mail1]=10.20.1.25 [legacy1]=10.20.1.29)
declare -A v6=([desk1]=fd00:20::11 [desk2]=fd00:20::12 [branch1]=fd00:20::13 [web1]=fd00:20:1::21
    [db1]=fd00:20:1::22 [cache1]=fd00:20:1::23 [dns1]=fd00:20:1::24 [mail1]=fd00:20:1::25)

# on HOST COMMAND...: runs a command in a host's namespace with a clean environment.
on() {
    local host=$1
    shift
    ip netns exec "$host" env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 TZ=UTC USER=user1 "$@"
}

# background NAME HOST COMMAND...: the same, in the background, output in a log file.
background() {
    local name=$1
    shift
    on "$@" >"$work/$name.log" 2>&1 &
    pids+=($!)
}

stop_all() {
    local p
    for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done
    for p in "${pids[@]}"; do
        for _ in $(seq 50); do
            kill -0 "$p" 2>/dev/null || break
            sleep 0.1
        done
        kill -9 "$p" 2>/dev/null || true
        wait "$p" 2>/dev/null || true
    done
    pids=()
}

# until_true SECONDS COMMAND...: waits until the command succeeds.
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS >= end)); then
            echo "make_captures.sh: gave up waiting for: $*" >&2
            return 1
        fi
        sleep 0.1
    done
}

# One resolver and one hosts file for all our hosts; only this script's mount namespace sees them.
prepare_names() {
    printf 'nameserver %s\noptions timeout:2 attempts:2\n' "${v4[dns1]}" >"$work/etc/resolv.conf"
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$work/etc/hosts"
    printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$work/etc/nsswitch.conf"
    local f
    for f in resolv.conf hosts nsswitch.conf; do mount --bind "$work/etc/$f" "/etc/$f"; done
    ip link set lo up
}

# Segments on the wire must be what a network would carry: no offloads, real checksums.
no_offloads() { # HOST DEVICE
    on "$1" ethtool -K "$2" rx off tx off sg off tso off gso off gro off >/dev/null 2>&1 || true
}

new_host() { # HOST: a namespace whose IPv6 addresses work at once
    ip netns add "$1"
    on "$1" sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 \
        net.ipv6.conf.default.dad_transmits=0
    ip -n "$1" link set lo up
}

plug() { # HOST BRIDGE: joins a host to one of the router's two bridges
    local host=$1 bridge=$2 last=${v4[$1]##*.}
    new_host "$host"
    ip link add eth0 netns "$host" address "02:00:00:20:00:$last" type veth peer name "to-$host" netns router
    ip -n router link set "to-$host" master "$bridge" up
    ip -n "$host" link set eth0 up
    no_offloads "$host" eth0
    no_offloads router "to-$host"
    ip -n "$host" addr add "${v4[$host]}/24" dev eth0
    ip -n "$host" addr add "${v6[$host]}/64" dev eth0 nodad
    ip -n "$host" route add default via "${v4[$host]%.*}.1"
    ip -n "$host" -6 route add default via "${v6[$host]%::*}::1"
}

network_up() {
    new_host router
    local b
    for b in clients servers; do
        ip -n router link add "$b" address "02:00:00:20:00:0$([[ $b == clients ]] && echo 1 || echo 2)" type bridge \
            mcast_snooping 0
        ip -n router link set "$b" up
        no_offloads router "$b"
    done
    ip -n router addr add 10.20.0.1/24 dev clients
    ip -n router addr add 10.20.1.1/24 dev servers
    ip -n router addr add fd00:20::1/64 dev clients nodad
    ip -n router addr add fd00:20:1::1/64 dev servers nodad
    on router sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
    local h
    for h in desk1 desk2; do plug "$h" clients; done
    for h in web1 db1 cache1 dns1 mail1; do plug "$h" servers; done
    # legacy1 was switched off long ago; the router still believes that it is there.
    ip -n router neigh add "${v4[legacy1]}" lladdr 02:00:00:20:00:29 dev servers nud permanent
}

network_down() { # and what the servers left
    local n
    for n in $(ip netns list | awk '{print $1}'); do ip netns del "$n"; done
    rm -rf "${work:?}"/{db,dns,postfix,web}
}

# relay_up ARGUMENTS OF relay.py...: branch1, behind a link that delays, drops and reorders.
relay_up() {
    new_host branch1
    background relay router python3 "$lib/relay.py" --inside branch1 --outside router "$@"
    until_true 10 ip -n router link show tun-branch1
    until_true 10 ip -n branch1 link show tun0
    ip -n branch1 addr add "${v4[branch1]}/32" dev tun0
    ip -n branch1 addr add "${v6[branch1]}/128" dev tun0 nodad
    ip -n branch1 link set tun0 mtu 1500 up
    ip -n branch1 route add default dev tun0
    ip -n branch1 -6 route add default dev tun0
    ip -n router link set tun-branch1 mtu 1500 up
    ip -n router route add "${v4[branch1]}/32" dev tun-branch1
    ip -n router -6 route add "${v6[branch1]}/128" dev tun-branch1
}

# capture_start FILE [TCPDUMP ARGUMENTS...] / capture_stop: the sensor.
capture_start() {
    local file=$1
    shift
    (($#)) || set -- -i servers
    on "${sensor_host:-router}" tcpdump -Z root -n -s 262144 -B 8192 --immediate-mode -U -w "$file" "$@" 2>"$work/tcpdump.log" &
    sensor=$!
    until_true 10 grep -q 'listening on' "$work/tcpdump.log"
    sleep 0.3
}

capture_stop() {
    sleep "${1:-0.5}"
    pkill -INT -P "$sensor" -x tcpdump 2>/dev/null || kill -INT "$sensor" 2>/dev/null || true
    wait "$sensor" || true
    if ! grep -q '^0 packets dropped by kernel' "$work/tcpdump.log"; then
        cat "$work/tcpdump.log" >&2
        return 1
    fi
}

# Waits until the sensor has written what it has seen, so that a case may look into the file.
capture_sync() { sleep 0.6; }
