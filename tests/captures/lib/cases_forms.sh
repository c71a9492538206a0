# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# The same traffic in other wrappings, other file formats, cut or damaged. What can be captured that
# way is; the rest is made from http_basic or http_ipv6 by lib/edit.py.

# The counts of http_basic, for captures made from it.
did_http_basic() {
    declared=()
    did 'HTTP GET' desk1 web1 80 7
    did 'HTTP HEAD' desk1 web1 80 2
    did 'HTTP POST' desk1 web1 80 1
    did 'HTTP POST' desk2 web1 80 1
}

did_http_ipv6() {
    did 'HTTP GET' desk1/6 web1/6 80 3
    did 'HTTP POST' desk2/6 web1/6 80 1
}

# edited NAME FILE KIND SOURCE...
edited() {
    local name=$1 file=$2 kind=$3 s sources=()
    shift 3
    for s in "$@"; do
        [[ -e $here/$s/$s.pcap ]] || run_case "$s"
        sources+=("$here/$s/$s.pcap")
    done
    python3 "$lib/edit.py" "$kind" "$here/$name/$file" "${sources[@]}"
}

case_vlan() {
    edited vlan vlan.pcap vlan http_basic
    did_http_basic
    write_case vlan vlan.pcap <<'TXT'
http_basic in an 802.1Q VLAN (id 20): `lib/edit.py vlan`.
TXT
}

case_qinq() {
    edited qinq qinq.pcap qinq http_basic
    did_http_basic
    write_case qinq qinq.pcap <<'TXT'
http_basic with two tags, 802.1ad (0x88a8, id 100) around 802.1Q (id 20): `lib/edit.py qinq`.
TXT
}

case_null() {
    edited null null.pcap null http_basic http_ipv6
    did_http_basic
    did_http_ipv6
    write_case null null.pcap --no-bytes <<'TXT'
http_basic and http_ipv6 as a BSD loopback capture (link type NULL, four bytes of address family, 2
for IPv4, 30 for IPv6): `lib/edit.py null`. ARP is gone.
TXT
}

case_ipv6_extension() {
    edited ipv6_extension ipv6_extension.pcap ipv6-extension http_ipv6
    declared=()
    did_http_ipv6
    write_case ipv6_extension ipv6_extension.pcap <<'TXT'
http_ipv6 with extension headers: in turn hop-by-hop options, destination options, both, and a
fragment header on a packet that is not fragmented. `lib/edit.py ipv6-extension`.
TXT
}

case_pcapng() {
    edited pcapng pcapng.pcapng pcapng http_basic
    did_http_basic
    write_case pcapng pcapng.pcapng <<'TXT'
http_basic as pcapng (microseconds, no options), with a block of a private type in the middle that a
reader has to skip, and a statistics block at the end: `lib/edit.py pcapng`.
TXT
}

case_pcapng_nanosecond() {
    edited pcapng_nanosecond pcapng_nanosecond.pcapng pcapng-nanosecond http_basic
    did_http_basic
    write_case pcapng_nanosecond pcapng_nanosecond.pcapng <<'TXT'
http_basic as pcapng with a time resolution of nanoseconds (option if_tsresol): `lib/edit.py
pcapng-nanosecond`. Every time stamp has the same 321 ns beyond the microsecond.
TXT
}

case_nanosecond() {
    edited nanosecond nanosecond.pcap nanosecond http_basic
    did_http_basic
    write_case nanosecond nanosecond.pcap <<'TXT'
http_basic as classic pcap with nanoseconds (magic a1b23c4d): `lib/edit.py nanosecond`. Every time
stamp has the same 321 ns beyond the microsecond.
TXT
}

case_big_endian() {
    edited big_endian big_endian.pcap big-endian http_basic
    did_http_basic
    write_case big_endian big_endian.pcap <<'TXT'
http_basic as a machine of the other byte order writes it: `lib/edit.py big-endian`.
TXT
}

case_midstream() {
    edited midstream midstream.pcap midstream http_basic
    did_http_basic
    write_case midstream midstream.pcap --absent 'TCP SYNACK' <<'TXT'
http_basic without any handshake, as after a restart of the sensor: `lib/edit.py midstream`. Nothing
but the messages says who is the client; there is no round trip of a handshake, so `server_time` is
not given here.
TXT
}

case_one_sided() {
    edited one_sided one_sided.pcap client-side http_basic
    did_http_basic
    write_case one_sided one_sided.pcap --leave-out 'TCP SYNACK:transactions,unanswered' <<'TXT'
Only what the clients of http_basic sent, as behind a switch that mirrors one direction: `lib/edit.py
client-side`. Nothing is ever answered, so every request ends unanswered. Whether the handshakes count
as unanswered although the client goes on is left open here.
TXT
}

case_truncated() {
    edited truncated truncated.pcap truncated http_basic
    declared=()
    write_case truncated truncated.pcap --damaged --undeclared <<'TXT'
The first half of http_basic, cut in the middle of a record: `lib/edit.py truncated`. The rows are
those of the packets before the cut; the exit status is 1.
TXT
}

case_bad_record() {
    edited bad_record bad_record.pcap bad-record http_basic
    declared=()
    write_case bad_record bad_record.pcap --damaged --undeclared <<'TXT'
http_basic with a record header in the middle that claims two gigabytes: `lib/edit.py bad-record`. The
rows are those of the packets before it; the exit status is 1.
TXT
}

case_empty() {
    edited empty empty.pcap empty http_basic
    declared=()
    write_case empty empty.pcap <<'TXT'
A file header and no packet: not an error, and no rows.
TXT
}

# unreadable NAME FILE <TEXT: a file that gives no rows and an error
unreadable() {
    { echo "# $1"; echo; cat; } >"$here/$1/README.md"
    printf '{\n  "capture": "%s",\n  "exit_status": 1,\n  "rows": []\n}\n' "$2" >"$here/$1/expect.json"
}

case_not_a_capture() {
    printf 'This is a text file.\nWhoever reads it as a capture should say so.\n' >"$here/not_a_capture/not_a_capture.txt"
    unreadable not_a_capture not_a_capture.txt <<'TXT'
A text file. One clear error line, exit status 1, no rows.
TXT
}

case_zero_bytes() {
    : >"$here/zero_bytes/zero_bytes.pcap"
    unreadable zero_bytes zero_bytes.pcap <<'TXT'
A file without a single byte. One clear error line, exit status 1, no rows.
TXT
}

case_unknown_linktype() {
    edited unknown_linktype unknown_linktype.pcap unknown-linktype http_304_204
    unreadable unknown_linktype unknown_linktype.pcap <<'TXT'
http_304_204 with link type 147 (for private use) in the file header: `lib/edit.py unknown-linktype`.
Nobody can know what the packets are. One clear error line, exit status 1, no rows.
TXT
}

# ---- captured in other ways
some_http() { # one connection with three requests, and one with a POST
    curl_on "$1" $web/index.html -o /dev/null $web/app/sleep/40 -o /dev/null $web/style.css
    curl_on "$1" -d 'item=7' $web/app/hello
    did 'HTTP GET' "$1" web1 80 3
    did 'HTTP POST' "$1" web1 80 1
}

case_sll() {
    network_up; web_server
    sensor_host=web1 start_case sll -i any -y LINUX_SLL not net 127.0.0.0/8 and
    some_http desk1
    sensor_host=web1 finish_case --no-bytes <<'TXT'
Linux cooked capture: `tcpdump -i any -y LINUX_SLL` on the server, four HTTP requests.
TXT
}

case_sll2() {
    network_up; web_server
    sensor_host=web1 start_case sll2 -i any -y LINUX_SLL2 not net 127.0.0.0/8 and
    some_http desk1
    sensor_host=web1 finish_case --no-bytes <<'TXT'
Linux cooked capture, version 2: `tcpdump -i any -y LINUX_SLL2` on the server, four HTTP requests.
TXT
}

case_raw_ip() {
    network_up; web_server
    relay_up --delay-up 5 --delay-down 5
    start_case raw_ip -i tun-branch1
    some_http branch1
    finish_case --no-bytes <<'TXT'
Packets without a link layer: tcpdump on the TUN device at the router's end of branch1's link, four
HTTP requests. The link takes 5 ms each way, on the client's side of the sensor.
TXT
}

case_snaplen() {
    network_up; web_server
    start_case snaplen -i servers -s 96
    some_http desk1
    declared=()
    finish_case --only-sums --open 'HTTP GET' --open 'HTTP POST' --open 'TCP OTHER' <<'TXT'
`tcpdump -s 96`: every packet is cut after 96 bytes, three requests and a POST. What was on the wire
is known (lengths, sequence numbers), what was said mostly is not. Sums count original lengths.
TXT
}
