# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of Redis.

redis_on() { local host=$1; shift; on "$host" redis-cli -h 10.20.1.23 "$@" >/dev/null 2>&1 || true; }

case_redis_basic() {
    network_up; cache_server
    start_case redis_basic
    redis_on desk1 SET word abc
    redis_on desk1 GET word
    redis_on desk1 GET nothing
    redis_on desk1 INCR word        # an error
    redis_on desk1 NOSUCHCOMMAND    # another
    redis_on desk1 -r 4 -i 0.05 INCR visits
    head -c 30000 /dev/zero | tr '\0' 'v' | redis_on desk1 -x SET large
    redis_on desk1 GET large
    redis_on desk1 RPUSH list a b c d e f g
    redis_on desk1 LRANGE list 0 -1
    redis_on desk1 EVAL "local t = redis.call('TIME'); local s = t[1] * 1000000 + t[2]; repeat t = redis.call('TIME') until t[1] * 1000000 + t[2] - s > 150000; return 'done'" 0
    on desk2 python3 "$lib/client.py" redis 10.20.1.23 6379 3 3 inline PING
    did 'Redis SET' desk1 cache1 6379 2
    did 'Redis GET' desk1 cache1 6379 3
    did 'Redis INCR' desk1 cache1 6379 5 errors=1
    did 'Redis NOSUCHCOMMAND' desk1 cache1 6379 1 errors=1
    did 'Redis RPUSH' desk1 cache1 6379 1
    did 'Redis LRANGE' desk1 cache1 6379 1
    did 'Redis EVAL' desk1 cache1 6379 1 'response_time_us>=150000'
    did 'Redis PING' desk2 cache1 6379 3
    finish_case --shows redis.conf <<'TXT'
redis-cli, one connection per command, but four INCR on one; a value of 30 kB in and out; two errors
(INCR of a word, an unknown command); an EVAL that takes 150 ms. desk2 sends three inline commands.
`Redis NOSUCHCOMMAND` is the unknown command: it becomes `Redis OTHER`.
TXT
    sed -i 's/"Redis NOSUCHCOMMAND"/"Redis OTHER"/' "$here/redis_basic/expect.json"
    sed -i 's/| Redis NOSUCHCOMMAND |/| Redis OTHER |/' "$here/redis_basic/README.md"
}

case_redis_pipeline() {
    network_up; cache_server
    start_case redis_pipeline
    seq 1000 | sed 's,.*,SET p:& value-&\r,' | redis_on desk1 --pipe
    on desk2 python3 "$lib/client.py" redis 10.20.1.23 6379 2000 2 PING
    did 'Redis SET' desk1 cache1 6379 1000
    did 'Redis ECHO' desk1 cache1 6379 1
    did 'Redis PING' desk2 cache1 6379 2000
    finish_case --shows redis.conf --leave-out 'Redis ECHO:request_bytes' <<'TXT'
Pipelining: redis-cli `--pipe` sends 1000 inline SETs and closes with an empty line (which asks for
nothing) and an ECHO; desk2 sends 2000 PINGs in two writes (a hundred to a segment).
TXT
}

case_redis_pipeline_jumbo() {
    network_up; cache_server
    local h
    for h in desk1 cache1; do
        ip -n router link set "to-$h" mtu 65000
        ip -n "$h" link set eth0 mtu 65000
    done
    ip -n router link set clients mtu 65000
    ip -n router link set servers mtu 65000
    start_case redis_pipeline_jumbo
    on desk1 python3 "$lib/client.py" redis 10.20.1.23 6379 4000 1 PING
    did 'Redis PING' desk1 cache1 6379 4000
    finish_case <<'TXT'
Four thousand PINGs in one write over a link with a very large MTU: thousands of requests in one
segment, thousands of answers in another.
TXT
}

case_redis_blocking() {
    network_up; cache_server
    start_case redis_blocking
    redis_on desk2 BLPOP queue 5 &
    local waiting=$!
    sleep 0.7
    redis_on desk1 LPUSH queue job
    wait $waiting
    redis_on desk2 BLPOP queue 1    # nobody pushes: a null after one second
    on desk2 python3 "$lib/client.py" subscribe 10.20.1.23 6379 news 3 &
    waiting=$!
    sleep 0.5
    local n
    for n in 1 2 3; do redis_on desk1 PUBLISH news "number $n"; done
    wait $waiting
    did 'Redis BLPOP' desk2 cache1 6379 2
    did 'Redis SUBSCRIBE' desk2 cache1 6379 1
    did 'Redis LPUSH' desk1 cache1 6379 1
    did 'Redis PUBLISH' desk1 cache1 6379 3
    finish_case <<'TXT'
Requests that wait: a BLPOP that another client ends after 700 ms, one that runs out after a second,
and a SUBSCRIBE followed by three messages. Counted, but without time samples.
TXT
}
