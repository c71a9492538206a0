# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of what the network does: ICMP, connections that fail, loss, reordering, delay, windows.

case_icmp_echo() {
    network_up
    start_case icmp_echo
    on desk1 ping -q -n -c 5 -i 0.2 10.20.1.21 >/dev/null
    on desk1 ping -q -n -c 3 -i 0.2 -s 1000 fd00:20:1::22 >/dev/null
    on desk2 ping -q -n -c 2 -i 0.2 -W 1 10.20.1.29 >/dev/null || true
    did 'ICMP ECHO' desk1 web1 0 5
    did 'ICMPv6 ECHO' desk1/6 db1/6 0 3
    did 'ICMP ECHO' desk2 legacy1 0 2 unanswered=2
    finish_case --shows icmp.conf <<'TXT'
ping: five over IPv4, three over IPv6 with 1000 bytes, two to a host that is switched off.
TXT
}

case_ip_fragments() {
    network_up
    start_case ip_fragments
    on desk1 ping -q -n -c 3 -i 0.2 -s 4000 10.20.1.21 >/dev/null
    # The count is certain; the times are left out, because tshark is told not to reassemble.
    did 'ICMP ECHO' desk1 web1 0 3
    finish_case --leave-out 'ICMP ECHO:response_time_us,transaction_time_us,request_time_us,transfer_time_us' --no-sums <<'TXT'
Three pings of 4000 bytes: every request and every answer is three fragments.
TXT
}

case_icmp_unreachable() {
    network_up
    on db1 nft -f - <<'NFT'
table inet filter {
    chain input {
        type filter hook input priority 0;
        tcp dport 22 reject with icmpx type admin-prohibited
    }
}
NFT
    start_case icmp_unreachable
    on desk1 dig +tries=1 +time=1 @10.20.1.21 web1.example.net A >/dev/null 2>&1 || true
    on desk1 curl -s --connect-timeout 0.8 telnet://10.20.1.22:22 </dev/null || true
    on desk2 curl -s -6 --connect-timeout 0.8 'telnet://[fd00:20:1::22]:22' </dev/null || true
    local queries
    capture_sync
    queries=$(tshark -r "$work/icmp_unreachable.pcap" -Y 'dns && !icmp' 2>/dev/null | wc -l)
    did 'DNS A' desk1 web1 53 "$queries" "refused=$queries"
    did 'TCP SYNACK' desk1 db1 22 1 refused=1
    did 'TCP SYNACK' desk2/6 db1/6 22 1 refused=1
    finish_case <<'TXT'
A DNS query to a host without a name server (ICMP port unreachable), and connections to a port that
a packet filter rejects as prohibited, over IPv4 and IPv6 (ICMP type 3 code 13, ICMPv6 type 1 code 1).
What the ICMP errors quote is refused; `ICMP UNREACHABLE` has packets and no transactions.
TXT
}

case_tcp_refused() {
    network_up
    start_case tcp_refused
    local n
    for n in 1 2 3; do on desk1 curl -s http://10.20.1.21:8081/ || true; done
    on desk2 curl -s -g 'http://[fd00:20:1::21]:8081/' || true
    did 'TCP SYNACK' desk1 web1 8081 3 refused=3
    did 'TCP SYNACK' desk2/6 web1/6 8081 1 refused=1
    finish_case <<'TXT'
Connections to a port on which nobody listens: SYN, RST. Three over IPv4, one over IPv6.
TXT
}

case_tcp_unanswered() {
    network_up
    on db1 nft -f - <<'NFT'
table inet filter {
    chain input {
        type filter hook input priority 0;
        tcp dport 3306 drop
    }
}
NFT
    start_case tcp_unanswered
    on desk1 curl -s --connect-timeout 8 http://10.20.1.29/ &
    local one=$!
    on desk2 curl -s --connect-timeout 4 telnet://10.20.1.22:3306 </dev/null &
    wait $one || true
    wait $! || true
    did 'TCP SYNACK' desk1 legacy1 80 1 unanswered=1
    did 'TCP SYNACK' desk2 db1 3306 1 unanswered=1
    finish_case <<'TXT'
A connection to a host that is switched off and one to a port that a packet filter drops. The client
sends its SYN several times, a second or more apart: one transaction each, unanswered at the end of
the capture.
TXT
}

case_tcp_delay() {
    network_up; web_server
    relay_up --delay-up 30 --delay-down 20
    start_case tcp_delay
    curl_on branch1 $web/index.html -o /dev/null $web/app/sleep/100
    curl_on branch1 $web/logo.png
    did 'HTTP GET' branch1 web1 80 3
    did 'TCP SYNACK' branch1 web1 80 2 'connect_rtt_client_us>=50000' 'connect_time_us>=50000' 'connect_rtt_server_us<=5000'
    finish_case <<'TXT'
A client behind a link of 30 ms towards the server and 20 ms back; the sensor is on the servers'
side. The delay belongs to the client's half of the path, and no server time may contain it.
TXT
}

case_tcp_loss() {
    network_up; web_server
    head -c 14000 /dev/zero | tr '\0' 'u' >"$work/upload.bin"
    # Towards the client (after the sensor): a segment in the middle of the download, and the SYN-ACK
    # of the third connection. Towards the server (before the sensor): the last segment but one of the upload.
    relay_up --delay-up 10 --delay-down 10 --rule down:data:9:drop --rule down:data:15:drop \
        --rule up:data:10:drop --rule down:syn:3:drop
    start_case tcp_loss
    curl_on branch1 $web/catalogue.bin
    curl_on branch1 --data-binary "@$work/upload.bin" -H 'Expect:' $web/app/hello
    curl_on branch1 $web/index.html
    did 'HTTP GET' branch1 web1 80 2
    did 'HTTP POST' branch1 web1 80 1
    finish_case <<'TXT'
A client behind a link that loses packets (the relay drops chosen ones): two segments of a download
after the sensor has seen them, one segment of an upload before it, and one SYN-ACK, so that SYN and
SYN-ACK of the last connection come twice. All three requests are answered in full.
TXT
}

case_tcp_reorder() {
    network_up; web_server
    head -c 8000 /dev/zero | tr '\0' 'u' >"$work/upload.bin"
    # Six segments each; the fifth of the first upload and the fourth of the second are overtaken.
    relay_up --delay-up 15 --delay-down 15 --rule up:data:5:hold=3 --rule up:data:10:hold=3
    start_case tcp_reorder
    local n
    for n in 40 60; do curl_on branch1 --data-binary "@$work/upload.bin" -H 'Expect:' $web/app/sleep/$n; done
    did 'HTTP POST' branch1 web1 80 2 'response_time_us>=40000'
    finish_case <<'TXT'
Two uploads, in each of which one segment is overtaken by the one or two behind it: it arrives 3 ms
late, far less than the connection's 30 ms, so it is out of order and not retransmitted. A body is
complete when its last byte has been seen, which is not the byte with the highest number.
TXT
}

case_tcp_zero_window() {
    network_up; web_server
    start_case tcp_zero_window
    on desk1 python3 "$lib/client.py" slow-read 10.20.1.21 80 /catalogue.bin 2
    did 'HTTP GET' desk1 web1 80 1 'transfer_time_us>=1500000'
    finish_case <<'TXT'
A client with a small receive buffer that reads nothing for two seconds: it closes its window, the
server probes. The transfer is slow, the server is not.
TXT
}

case_tcp_keepalive() {
    network_up; web_server
    start_case tcp_keepalive
    on desk1 python3 "$lib/client.py" idle 10.20.1.21 80 4.5
    did 'HTTP GET' desk1 web1 80 2
    finish_case <<'TXT'
A GET, four and a half idle seconds with TCP keep-alive probes every second, and another GET on the
same connection. Probes are no retransmissions.
TXT
}

case_tcp_rst_midway() {
    network_up; web_server
    start_case tcp_rst_midway
    on desk1 python3 "$lib/client.py" reset 10.20.1.21 80 /download.bin
    curl_on desk1 $web/index.html
    did 'HTTP GET' desk1 web1 80 2 answered=1 aborted=1
    finish_case <<'TXT'
The client resets the connection after the first bytes of a long response (aborted), then makes
another request that succeeds.
TXT
}

case_plain_turns() {
    network_up
    background turns web1 python3 "$lib/odd_turns.py" 10.20.1.21
    sleep 0.5
    start_case plain_turns
    on desk1 python3 "$lib/client.py" turns 10.20.1.21 7777 6
    did 'TCP OTHER' desk1 web1 7777 6 'response_time_us>=25000' 'response_time_us<=60000'
    finish_case --port 7777=turns <<'TXT'
A protocol that nobody knows: six questions and answers on one connection, every answer 25 ms after
the question, of 400 or 4000 bytes. Response times by turns, as `TCP OTHER`.
TXT
}
