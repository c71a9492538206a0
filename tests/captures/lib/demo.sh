# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# The demo: a quarter of an hour in a small office. DEMO_SECONDS shortens it for trying things.

demo() {
    local seconds=${DEMO_SECONDS:-900} h
    network_up
    dns_server
    database_server
    cache_server
    mail_server
    web_server --slow $((seconds * 40 / 100)) $((seconds * 60 / 100))
    # Two hosts that answer nothing on one port, and one that says it is forbidden.
    on db1 nft -f - <<'NFT'
table inet filter {
    chain input {
        type filter hook input priority 0;
        tcp dport 3306 drop
        tcp dport 22 reject with icmpx type admin-prohibited
    }
}
NFT
    relay_up --delay-up 18 --delay-down 22 --jitter 4 --loss 1.5 --reorder 1 --seed 42
    capture_start "$work/demo.pcap"
    local clients=()
    for h in desk1 desk2 branch1; do
        on "$h" python3 "$lib/demo_client.py" --role "$h" --seconds "$seconds" >"$work/client-$h.log" 2>&1 &
        clients+=($!)
    done
    pids+=("${clients[@]}")
    wait "${clients[@]}"
    capture_stop 3
    cp "$work/demo.pcap" "$here/demo/demo.pcap"
    stop_all
    network_down
    demo_readme
}

demo_readme() {
    local f=$here/demo/demo.pcap d=$here/demo
    seen() { tshark -r "$f" -Y "$1" -T fields -e frame.number 2>/dev/null | wc -l; }
    cat >"$d/README.md" <<TXT
# demo

About a quarter of an hour in a small office, made by \`make_captures.sh demo\` from real programs in
network namespaces. The sensor sits on the servers' side of the router.

| host | addresses | what it does |
|---|---|---|
| web1 (www) | ${v4[web1]}, ${v6[web1]} | nginx, and behind it a small shop that asks cache1 and db1 |
| db1 | ${v4[db1]}, ${v6[db1]} | PostgreSQL |
| cache1 | ${v4[cache1]}, ${v6[cache1]} | Redis |
| dns1 | ${v4[dns1]}, ${v6[dns1]} | dnsmasq, which everybody asks for names |
| mail1 (mail) | ${v4[mail1]}, ${v6[mail1]} | SMTP (aiosmtpd) |
| desk1, desk2 | ${v4[desk1]}, ${v4[desk2]}, ${v6[desk1]}, ${v6[desk2]} | clients on the local network |
| branch1 | ${v4[branch1]}, ${v6[branch1]} | a client behind a link of 18 + 22 ms that loses 1.5 % and reorders 1 % |
| legacy1 | ${v4[legacy1]} | switched off: connections to it are never answered |

The story: from about 40 % to 60 % of the time the database is slow, so the shop's pages are slow and
everything else is not. A rush follows near the end. All along: requests of many kinds and status
codes over kept and new connections, some pipelined, downloads that are given up, uploads with
\`100 Continue\`; psql and pgbench (simple, extended and prepared), errors, COPY; redis-cli with single
commands, a pipelined burst, errors, blocking reads; dig for all common types, over UDP and TCP, with
NXDOMAIN, REFUSED, SERVFAIL and silence; mails, some refused; pings over IPv4 and IPv6; closed,
dropped and prohibited ports.

| what tshark counts | |
|---|--:|
| packets | $(seen frame) |
| seconds | $(tshark -r "$f" -T fields -e frame.time_relative 2>/dev/null | tail -1 | cut -d. -f1) |
| HTTP requests / responses | $(seen http.request) / $(seen http.response) |
| DNS queries / responses | $(seen 'dns.flags.response == 0') / $(seen 'dns.flags.response == 1') |
| PostgreSQL connections (startup messages) | $(seen 'pgsql.type == "Startup message"') |
| SMTP connections (greetings) | $(seen 'smtp.response.code == 220') |
| SYN to Redis | $(seen 'tcp.flags.syn == 1 && tcp.flags.ack == 0 && tcp.dstport == 6379') |
| echo requests, ICMP / ICMPv6 | $(seen 'icmp.type == 8') / $(seen 'icmpv6.type == 128') |
| retransmitted segments, as tshark sees them | $(seen tcp.analysis.retransmission) |
TXT
}
