# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of message queues and of peers: AMQP, BitTorrent.
# packages: rabbitmq-server python3-pika python3-libtorrent

rabbit_server() {
    local d=$work/rabbit
    rm -rf "$d"
    mkdir -p "$d"
    printf 'loopback_users = none\nlisteners.tcp.1 = %s:5672\n' "${v4[files1]}" >"$d/rabbit.conf"
    echo '[].' >"$d/plugins"
    background rabbitmq files1 env RABBITMQ_NODENAME=rabbit@localhost RABBITMQ_BASE="$d" RABBITMQ_MNESIA_BASE="$d/db" \
        RABBITMQ_LOG_BASE="$d" RABBITMQ_CONFIG_FILE="$d/rabbit.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$d/plugins" \
        RABBITMQ_PID_FILE="$d/pid" ERL_EPMD_ADDRESS=127.0.0.1 /usr/lib/rabbitmq/bin/rabbitmq-server
    until_true 60 on files1 python3 "$lib/amqp_client.py" ready "${v4[files1]}"
}

amqp_methods=(655410=CONNECTION_CLOSE 1310730=CHANNEL_OPEN 1310760=CHANNEL_CLOSE
    2621450=EXCHANGE_DECLARE 3276810=QUEUE_DECLARE 3276820=QUEUE_BIND 3276840=QUEUE_DELETE
    3932170=BASIC_QOS 3932180=BASIC_CONSUME 3932190=BASIC_CANCEL 3932230=BASIC_GET 5570570=CONFIRM_SELECT)

# Class and method of all requests that are answered, as one number.
did_amqp() {
    local line
    capture_sync
    while read -r line; do
        # shellcheck disable=SC2086
        did "AMQP ${line#* }" "$1" files1 5672 ${line%% *}
    done < <(tshark -r "$work/$case_name.pcap" -Y "ip.src == ${v4[$1]} and amqp.method.class" \
        -T fields -e amqp.method.class -e amqp.method.method 2>/dev/null |
        python3 -c '
import collections, sys
names = dict(p.split("=") for p in sys.argv[1:])
count = collections.Counter()
for line in sys.stdin:
    classes, methods = line.rstrip("\n").split("\t")
    for c, m in zip(classes.split(","), methods.split(",")):
        if c and str(int(c) << 16 | int(m)) in names:
            count[names[str(int(c) << 16 | int(m))]] += 1
for name, n in count.items():
    print(n, name)' "${amqp_methods[@]}")
}

case_amqp() {
    files_up
    rabbit_server
    start_case amqp
    on desk1 python3 "$lib/amqp_client.py" worker "${v4[files1]}"
    on desk2 python3 "$lib/amqp_client.py" reader "${v4[files1]}"
    on desk1 python3 "$lib/amqp_client.py" stranger "${v4[files1]}"
    did 'AMQP CONNECT' desk1 files1 5672 2 errors=1
    did 'AMQP CONNECT' desk2 files1 5672 1
    did_amqp desk1
    did_amqp desk2
    must_see 1 'amqp.method.class == 20 and amqp.method.method == 40 and amqp.method.arguments.reply_code == 404'
    finish_case --shows amqp.conf <<'TXT'
RabbitMQ and pika: a worker declares, binds and publishes (one message of 9 kB, one confirmed), gets
one message, asks for a queue that is not there (the channel is closed with 404: an error); a reader
consumes six messages and acknowledges each; a stranger has a wrong password (an error of CONNECT).
TXT
}

case_amqp_pipelined() {
    files_up
    rabbit_server
    start_case amqp_pipelined
    on desk1 python3 "$lib/amqp_pipelined.py" "${v4[files1]}"
    did 'AMQP CONNECT' desk1 files1 5672 1
    did 'AMQP CHANNEL_OPEN' desk1 files1 5672 3
    did 'AMQP EXCHANGE_DECLARE' desk1 files1 5672 1
    did 'AMQP QUEUE_DECLARE' desk1 files1 5672 10 answered=9 errors=1 aborted=1
    did 'AMQP QUEUE_BIND' desk1 files1 5672 5 answered=4 aborted=1
    did 'AMQP BASIC_QOS' desk1 files1 5672 1
    did 'AMQP CONFIRM_SELECT' desk1 files1 5672 1
    did 'AMQP BASIC_GET' desk1 files1 5672 4
    did 'AMQP CONNECTION_CLOSE' desk1 files1 5672 1
    must_see 1 'amqp.method.class == 20 and amqp.method.method == 40 and amqp.method.arguments.reply_code == 404'
    finish_case --shows amqp.conf <<'TXT'
RabbitMQ and a small client in Python that sends many methods at once on two channels: queues are
declared and bound, one with "no wait" (no answer, no transaction); messages are published that the
server confirms, with questions behind them. Of four methods on one channel the second asks for a queue
that is not there: the server closes the channel (404, an error) and answers nothing of the two behind
it (aborted). The channel is opened again, with a question in the same segment.
TXT
}

case_bittorrent() {
    files_up
    mkdir -p "$work/torrent"
    head -c 20000 /dev/zero | tr '\0' 't' >"$work/torrent/file"
    background seed files1 python3 "$lib/bittorrent.py" seed "$work/torrent" "${v4[files1]}"
    until_true 10 test -s "$work/torrent/file.torrent"
    sleep 1
    start_case bittorrent -i servers 'not icmp and' # what is asked of a peer that has gone stays unanswered
    on desk1 python3 "$lib/bittorrent.py" fetch "$work/torrent" "${v4[desk1]}" "${v4[files1]}" tcp
    on desk2 python3 "$lib/bittorrent.py" fetch "$work/torrent" "${v4[desk2]}" "${v4[files1]}" utp
    capture_sync
    local from to asked
    for from in desk1 desk2 files1; do
        for to in desk1 desk2 files1; do
            asked=$(tshark -r "$work/$case_name.pcap" -T fields -e frame.number -Y "ip.src == ${v4[$from]} and
                ip.dst == ${v4[$to]} and (udp contains \"1:y1:qe\" or
                tcp.payload[0:5] == 13:42:69:74:54 or (udp.length == 28 and udp.payload[0:1] == 41))" 2>/dev/null | wc -l)
            if [[ $from$to == files1desk1 ]]; then ((asked -= 1)); fi # its handshake is the answer
            if ((asked > 0)); then did BITTORRENT $from $to 6881 "$asked"; fi
        done
    done
    finish_case --no-sums --shows bittorrent.conf <<'TXT'
Peers of libtorrent that ask each other where peers are (the distributed table, over UDP), and fetch a
file of 20 kB: desk1 over TCP, desk2 over uTP.
TXT
}
