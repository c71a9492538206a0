# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of databases and caches.
# packages: memcached

memcached_server() {
    background memcached cache1 memcached -u nobody -p 11211 -U 11211 -l "${v4[cache1]}"
    until_true 10 on cache1 python3 "$lib/cache_client.py" text "${v4[cache1]}"
}

cache_client() { on "$1" python3 "$lib/cache_client.py" "$2" "${v4[cache1]}"; }

# did_memcached HOST NAME=COUNT[/ERRORS]...
did_memcached() {
    local host=$1 word count
    shift
    for word in "$@"; do
        count=${word#*=}
        if [[ $count == */* ]]; then
            did "Memcached ${word%%=*}" "$host" cache1 11211 "${count%/*}" "errors=${count#*/}"
        else
            did "Memcached ${word%%=*}" "$host" cache1 11211 "$count"
        fi
    done
}

case_memcached_text() {
    network_up; memcached_server
    start_case memcached_text
    cache_client desk1 text
    cache_client desk2 meta
    did_memcached desk1 get=9 gets=1 gat=1 set=4 add=1 replace=1 append=1 cas=1 incr=2/1 decr=1 delete=3 touch=1 \
        version=1 stats=1 verbosity=1 OTHER=1/1 flush_all=1
    did_memcached desk2 mg=2 ms=2 ma=1 md=1 me=1 mn=2
    finish_case --shows memcached.conf <<'TXT'
memcached and a small client. desk1 speaks the text protocol: values that are there and are not, data
that looks like the end of an answer, 20 kB in and out, two errors (INCR of a word, an unknown
command), a set that wants no reply, five commands in one write. desk2 speaks the meta commands; of
the quiet ones (flag q), which are no transactions, only what is found is answered before the MN.
TXT
}

case_memcached_binary() {
    network_up; memcached_server
    start_case memcached_binary
    cache_client desk1 binary
    cache_client desk2 udp
    did_memcached desk1 set=1 get=4 add=1 incr=2/1 noop=1 delete=1 stats=1 version=1 OTHER=1/1 flush_all=1 quit=1
    did_memcached desk2 set=1 get=2 incr=1/1
    finish_case --shows memcached.conf <<'TXT'
memcached and a small client. desk1 speaks the binary protocol: three quiet gets (GETKQ, GETQ) of
which one finds something, a quiet set that is not answered, statistics (one answer for each value),
two errors (INCR of a word, an unknown command). desk2 speaks text over UDP, with a head of 8 bytes;
INCR of a word is an error, the last set wants no reply.
TXT
}
