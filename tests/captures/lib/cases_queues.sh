# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of message queues: AMQP.
# packages: rabbitmq-server python3-pika

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
