# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of DNS.

case_dns_udp() {
    network_up; dns_server
    local d=(dig +tries=1 +time=1 @10.20.1.24) t
    start_case dns_udp
    for t in A AAAA MX TXT NS SOA CNAME HTTPS CAA; do on desk1 "${d[@]}" web1.example.net $t >/dev/null; done
    on desk1 "${d[@]}" +notcp web1.example.net ANY >/dev/null
    on desk1 "${d[@]}" -x 10.20.1.21 >/dev/null
    on desk1 "${d[@]}" -x fd00:20:1::22 >/dev/null
    on desk1 "${d[@]}" example.net MX >/dev/null
    on desk1 "${d[@]}" _postgresql._tcp.example.net SRV >/dev/null
    on desk1 "${d[@]}" no-such-host.example.net A >/dev/null       # NXDOMAIN
    on desk1 "${d[@]}" elsewhere.test A >/dev/null                 # REFUSED
    on desk1 "${d[@]}" a.broken.test A >/dev/null                  # SERVFAIL
    on desk1 "${d[@]}" b.slow.test A >/dev/null                    # answered after 300 ms
    on desk1 "${d[@]}" c.silent.test A >/dev/null || true          # never answered
    on desk2 python3 "$lib/client.py" dns-retry 10.20.1.24 d.retry.test
    on desk2 getent ahosts www.example.net >/dev/null       # A and AAAA on one socket
    must_see 1 'dns.flags.rcode == 3'
    must_see 1 'dns.flags.rcode == 5'
    must_see 1 'dns.flags.rcode == 2'
    did 'DNS A' desk1 dns1 53 6 answered=5 unanswered=1 errors=2
    for t in AAAA TXT NS SOA CNAME HTTPS ANY SRV; do did "DNS $t" desk1 dns1 53 1 errors=0; done
    did 'DNS OTHER' desk1 dns1 53 1
    did 'DNS MX' desk1 dns1 53 2
    did 'DNS PTR' desk1 dns1 53 2
    did 'DNS A' desk2 dns1 53 2 answered=2 unanswered=0
    did 'DNS AAAA' desk2 dns1 53 1
    finish_case --shows dns.conf <<'TXT'
dig against dnsmasq, one query of each type; NXDOMAIN (no error), REFUSED and SERVFAIL (errors), one
answer that takes 300 ms and one that never comes (one `DNS A` unanswered at the end of the capture).
desk2 repeats a query with the same id after one second and gets its answer then: one transaction,
timed from the first transmission. Last, getent asks for A and AAAA from one socket.
TXT
}

case_dns_fragments() {
    network_up
    local d=$work/dns text
    mkdir -p "$d"
    text=$(for i in 1 2 3 4; do printf ',"%0200d"' "$i"; done)
    cat >"$d/fragments.conf" <<CONF
no-daemon
no-hosts
no-resolv
user=root
pid-file=$d/dnsmasq.pid
listen-address=${v4[dns1]},${v6[dns1]}
bind-interfaces
local=/example.net/
edns-packet-max=4096
host-record=web1.example.net,${v4[web1]},60
txt-record=big.example.net$text
txt-record=big.example.net$text
txt-record=big.example.net$text
CONF
    background dnsmasq dns1 dnsmasq -C "$d/fragments.conf"
    until_true 10 on dns1 dig +time=1 +tries=1 "@${v4[dns1]}" web1.example.net
    start_case dns_fragments
    local q=(+tries=1 +time=1 +notcp +bufsize=4096)
    for _ in 1 2 3; do
        on desk1 dig "${q[@]}" @10.20.1.24 big.example.net TXT >/dev/null
        on desk1 dig "${q[@]}" @fd00:20:1::24 big.example.net TXT >/dev/null
    done
    on desk1 dig "${q[@]}" @10.20.1.24 web1.example.net A >/dev/null
    must_see 3 'dns.flags.response == 1 && ip.fragment.count == 2'
    must_see 3 'dns.flags.response == 1 && ipv6.fragment.count == 2'
    did 'DNS TXT' desk1 dns1 53 3
    did 'DNS TXT' desk1/6 dns1/6 53 3
    did 'DNS A' desk1 dns1 53 1
    finish_case --fragments --no-sums <<'TXT'
dig asks dnsmasq for 2400 bytes of text records, three times over IPv4 and three times over IPv6: each answer is two
fragments. The response time ends with the first fragment, the transfer time with the last one.
TXT
}

case_dns_ipv6() {
    network_up; dns_server
    start_case dns_ipv6
    on desk1 dig +tries=1 +time=1 @fd00:20:1::24 web1.example.net AAAA >/dev/null
    on desk1 dig +tries=1 +time=1 @fd00:20:1::24 web1.example.net A >/dev/null
    did 'DNS AAAA' desk1/6 dns1/6 53 1
    did 'DNS A' desk1/6 dns1/6 53 1
    finish_case <<'TXT'
Two dig queries over IPv6.
TXT
}

case_dns_tcp() {
    network_up; dns_server
    start_case dns_tcp
    on desk1 dig +tcp @10.20.1.24 web1.example.net A >/dev/null
    on desk1 dig +tcp +keepopen @10.20.1.24 web1.example.net AAAA @10.20.1.24 db1.example.net AAAA \
        @10.20.1.24 b.slow.test A >/dev/null
    on desk2 dig +bufsize=512 @10.20.1.24 many.example.net A >/dev/null
    did 'DNS A' desk1 dns1 53 2
    did 'DNS AAAA' desk1 dns1 53 2
    must_see 1 'dns.flags.truncated == 1'
    did 'DNS A' desk2 dns1 53 2
    finish_case --shows dns.conf --leave-out 'DNS A:request_bytes,response_bytes' --leave-out 'DNS AAAA:request_bytes,response_bytes' <<'TXT'
DNS over TCP (dig, dnsmasq): one query on a connection of its own, three on one connection (the last
takes 300 ms), and from desk2 a UDP query whose answer is truncated, asked again over TCP: two
transactions in one row. Sizes are left out: whether they hold the two bytes of length is open.
TXT
}
