#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Makes the capture of peers.sh: real servers and clients in two network namespaces with a cable between them, no
# offloads, tcpdump at the servers' end. All of it is real traffic; nothing is multiplied or rewritten.
#
#   peers_capture.sh FILE PACKETS
#
# Needs root and the programs that peers.sh installs. It runs in network, mount and process namespaces of its own, and
# all that it starts ends with it.
set -euo pipefail
umask 022
here=$(cd "$(dirname "$0")" && pwd)
file=$1 packets=$2

if [[ -z ${PEERS_CAPTURE_WORK:-} ]]; then
    PEERS_CAPTURE_WORK=$(mktemp -d "${TMPDIR:-/tmp}/peers_capture.XXXXXX")
    export PEERS_CAPTURE_WORK
    # shellcheck disable=SC2317  # the trap calls it
    cleanup() {
        kill "$inside" 2>/dev/null || true
        wait "$inside" 2>/dev/null || true
        rm -rf "$PEERS_CAPTURE_WORK"
    }
    trap cleanup EXIT
    trap 'exit 130' INT TERM HUP
    unshare --mount --net --pid --fork --kill-child --mount-proc "$0" "$@" &
    inside=$!
    wait "$inside"
    exit
fi

# From here on: inside.
work=$PEERS_CAPTURE_WORK
chmod 755 "$work"
mount -t tmpfs tmpfs /run
mkdir /run/netns

on() { ip netns exec "$1" env -i PATH="/usr/sbin:/usr/bin:/sbin:/bin" LANG=C.UTF-8 TZ=UTC "${@:2}"; }
start() { # NAME COMMAND...: a server
    on servers "${@:2}" >"$work/$1.log" 2>&1 </dev/null &
}
fail() {
    echo "peers_capture.sh: $*" >&2
    tail -n 3 "$work"/*.log >&2
    exit 1
}
wait_for() { # NAME COMMAND...
    local try
    for ((try = 0; try < 300; ++try)); do
        "${@:2}" >/dev/null 2>&1 && return
        sleep 0.1
    done
    fail "$1 did not start"
}

network() {
    local n
    for n in clients servers; do
        ip netns add $n
        on $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.ip_nonlocal_bind=1 \
            net.core.somaxconn=4096 net.ipv4.tcp_max_syn_backlog=4096
        ip -n $n link set lo up
    done
    ip link add eth0 netns clients type veth peer name eth0 netns servers
    for n in clients servers; do
        on $n ethtool -K eth0 rx off tx off sg off tso off gso off gro off >/dev/null 2>&1 || true
        on $n ethtool -k eth0 | grep -E '^(tcp-segmentation|generic-segmentation|generic-receive).*: on' >&2 &&
            fail "an offload stays on"
        ip -n $n link set eth0 up
    done
    ip -n clients addr add 10.62.255.1/16 dev eth0
    ip -n clients addr add fd62::ffff/64 dev eth0 nodad
    ip -n clients route add local 10.61.0.0/16 dev lo # every address in it is ours
    ip -n clients -6 route add local fd61::/64 dev lo
    for n in {10..13} {20..23} {30..33} {40..43} {50..53} {60..63} {70..73}; do
        ip -n servers addr add "10.62.0.$n/16" dev eth0
        ip -n servers addr add "fd62::$n/64" dev eth0 nodad
    done
    ip -n servers route add 10.61.0.0/16 via 10.62.255.1
    ip -n servers -6 route add fd61::/64 via fd62::ffff
}

web() {
    local d=$work/web kib
    mkdir -p "$d/files" "$d/upload" "$d/tmp"
    for kib in $(seq 60); do head -c $((kib * 1024 - 300)) /dev/urandom >"$d/files/${kib}k.bin"; done
    head -c 2000000 /dev/urandom >"$d/files/bulk.bin"
    chown www-data "$d/upload" "$d/tmp"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=www.example.net \
        -addext subjectAltName=DNS:www.example.net -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
    cat >"$work/nginx.conf" <<CONF
daemon off;
user www-data;
worker_processes 1;
pid $d/nginx.pid;
error_log $d/error.log;
events { worker_connections 8192; }
worker_rlimit_nofile 16384;
http {
    access_log off;
    keepalive_timeout 20s;
    keepalive_requests 10000;
    client_body_temp_path $d/tmp/body;
    proxy_temp_path $d/tmp/proxy;
    fastcgi_temp_path $d/tmp/f;
    uwsgi_temp_path $d/tmp/u;
    scgi_temp_path $d/tmp/s;
    server {
        listen 80 backlog=4096;
        listen [::]:80 backlog=4096;
        listen 443 ssl backlog=4096;
        listen [::]:443 ssl backlog=4096;
        ssl_certificate $work/cert.pem;
        ssl_certificate_key $work/key.pem;
        root $d;
        location /files/ { default_type application/octet-stream; }
        location /api/ { default_type application/json; return 200 '{"orders":[{"id":17,"item":"lamp","amount":3}],"page":1}'; }
        location /upload/ { dav_methods PUT; client_max_body_size 4m; }
    }
}
CONF
    start nginx nginx -c "$work/nginx.conf" -e "$d/error.log"
}

database() {
    local bin d=$work/db as=(setpriv --reuid postgres --regid postgres --clear-groups)
    bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1)
    install -d -o postgres "$d"
    (cd "$d" && on servers "${as[@]}" "$bin/initdb" -D "$d/data" -U postgres -A trust --locale=C -E UTF8 -N >"$work/initdb.log" 2>&1) ||
        fail "initdb failed"
    printf 'host all all %s trust\n' 10.61.0.0/16 fd61::/64 >>"$d/data/pg_hba.conf"
    (cd "$d" && start postgres "${as[@]}" "$bin/postgres" -D "$d/data" -k "$d" -c listen_addresses='*' -c fsync=off \
        -c ssl=off -c max_connections=200 -c shared_buffers=64MB)
    wait_for PostgreSQL on servers psql -h "$d" -U postgres -c 'SELECT 1'
    on servers psql -q -h "$d" -U postgres -c 'CREATE ROLE app LOGIN' -c 'CREATE DATABASE orders OWNER app'
    on servers psql -q -h "$d" -U app orders -c 'CREATE TABLE item (id int PRIMARY KEY, name text, price int)' \
        -c "INSERT INTO item SELECT n, 'item ' || n, n * 7 % 500 FROM generate_series(1, 400) n"
}

others() {
    local n
    start redis redis-server --port 6379 --bind 0.0.0.0 :: --protected-mode no --save '' --appendonly no --dir "$work"
    start memcached memcached -u nobody -l 0.0.0.0,::0 -U 0 -c 4096 -m 64 -t 1
    start smtp-sink smtp-sink -u nobody -c inet:0.0.0.0:25 1024
    start smtp-sink6 smtp-sink -u nobody -c 'inet:[::]:25' 1024
    for n in $(seq 0 999); do echo "host-record=h$n.example.net,10.7.$((n / 250)).$((n % 250)),fd07::$n"; done >"$work/dns.conf"
    printf '%s\n' no-daemon no-hosts no-resolv user=root "pid-file=$work/dns.pid" local=/example.net/ >>"$work/dns.conf"
    start dns dnsmasq -C "$work/dns.conf"
}

listening() { on servers ss -Hltun "sport = :$1" | grep -q .; }

network
web
database
others
for port in 80 443 5432 6379 11211 25 53; do wait_for "port $port" listening $port; done

on servers tcpdump -i eth0 -Z root -n -s 262144 -B 262144 -w "$work/capture.pcap" 2>"$work/tcpdump.log" &
wait_for tcpdump grep -q 'listening on' "$work/tcpdump.log"
sensor=$(on servers ps -o pid= -C tcpdump | head -n 1)
on clients prlimit --nofile=8192 python3 "$here/peers_traffic.py" "$packets" eth0 "$work/cert.pem" ||
    fail "the traffic ended early"
sleep 1
kill -INT "$sensor"
while kill -0 "$sensor" 2>/dev/null; do sleep 0.1; done
echo "tcpdump: $(grep -E 'packets (captured|dropped)' "$work/tcpdump.log" | paste -sd, | sed 's/,/, /')"
mv "$work/capture.pcap" "$file"
# The namespace of processes, and all in it, ends with this one.
