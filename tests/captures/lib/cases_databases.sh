# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of databases and caches.
# packages: memcached mariadb-server mariadb-client python3-pymysql python3-pymongo
# packages: fcgiwrap libfcgi-bin python3-thrift

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

mysql_server() {
    local d=$work/db/mysql
    mkdir -p "$d" "$work/db/run"
    chown -R mysql "$work/db"
    mariadb-install-db --no-defaults --user=mysql --datadir="$d" --auth-root-authentication-method=normal \
        --skip-test-db >"$work/mysql-install.log" 2>&1
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=db1.example.net -keyout "$work/db/key.pem" \
        -out "$work/db/cert.pem" 2>/dev/null
    chown mysql "$work/db"/*.pem
    background mysql db1 mariadbd --no-defaults --user=mysql --datadir="$d" --socket="$work/db/run/s" \
        --pid-file="$work/db/run/pid" --bind-address="${v4[db1]}" --skip-name-resolve --local-infile=1 \
        --plugin-load-add=auth_ed25519 --ssl-cert="$work/db/cert.pem" --ssl-key="$work/db/key.pem" \
        --innodb-buffer-pool-size=16M
    until_true 30 on db1 mariadb --no-defaults -u root -S "$work/db/run/s" -e 'select 1'
    on db1 mariadb --no-defaults -u root -S "$work/db/run/s" <<'SQL'
create database orders;
use orders;
create table item (id int primary key, name varchar(40));
insert into item select seq, concat('item number ', seq) from seq_1_to_400;
create table sale (item int, amount int);
create user app@'10.20.0.%' identified by 'secret';
create user modern@'10.20.0.%' identified via ed25519 using password('secret');
grant all on orders.* to app@'10.20.0.%', modern@'10.20.0.%';
SQL
}

mysql_client() { on "$1" python3 "$lib/mysql_client.py" "$2" "${v4[db1]}"; }
mysql_on() { local host=$1; shift; on "$host" mariadb --no-defaults -h "${v4[db1]}" -psecret "$@" >/dev/null 2>&1 || true; }

case_mysql_commands() {
    network_up; mysql_server
    start_case mysql_commands
    mysql_client desk1 commands
    mysql_on desk2 --skip-ssl -u modern -e 'select 1; select 2; select no_such_column' orders
    did 'MySQL CONNECT' desk1 db1 3306 1
    did 'MySQL LOGIN' desk1 db1 3306 1
    did 'MySQL QUERY' desk1 db1 3306 7 errors=1
    did 'MySQL PREPARE' desk1 db1 3306 2 errors=1
    did 'MySQL EXECUTE' desk1 db1 3306 3
    local name
    for name in PING INIT_DB STMT_RESET STATISTICS RESET_CONNECTION; do did "MySQL $name" desk1 db1 3306 1; done
    did 'MySQL CONNECT' desk2 db1 3306 1
    did 'MySQL LOGIN' desk2 db1 3306 1
    did 'MySQL QUERY' desk2 db1 3306 3 errors=1
    finish_case --shows mysql.conf <<'TXT'
MariaDB. desk1 (PyMySQL): queries, one with 400 rows, one of 150 ms, one that fails; PING, INIT_DB,
STATISTICS, RESET_CONNECTION; a file sent with LOAD DATA LOCAL INFILE (part of its query); a prepared
statement executed three times, and one that cannot be prepared. SEND_LONG_DATA, CLOSE and QUIT are
not answered and are no transactions. desk2 (the mariadb program) logs in with ed25519, for which the
server asks it to switch (a dialogue, still one LOGIN).
TXT
}

case_mysql_refused() {
    network_up; mysql_server
    on web1 true
    start_case mysql_refused
    mysql_client desk1 wrong_password
    mysql_on web1 -u app -e 'select 1' orders
    did 'MySQL CONNECT' desk1 db1 3306 1
    did 'MySQL LOGIN' desk1 db1 3306 1 errors=1
    did 'MySQL CONNECT' web1 db1 3306 1 errors=1
    finish_case --shows mysql.conf <<'TXT'
MariaDB refuses: desk1 has the wrong password (an error of LOGIN), and web1's address is not allowed
(an error packet in place of the greeting: an error of CONNECT).
TXT
}

case_mysql_pipelined() {
    network_up; mysql_server
    start_case mysql_pipelined
    mysql_client desk1 pipelined
    did 'MySQL CONNECT' desk1 db1 3306 1
    did 'MySQL LOGIN' desk1 db1 3306 1
    did 'MySQL PREPARE' desk1 db1 3306 2
    did 'MySQL EXECUTE' desk1 db1 3306 2
    did 'MySQL QUERY' desk1 db1 3306 2
    did 'MySQL PING' desk1 db1 3306 2
    finish_case --shows mysql.conf <<'TXT'
Pipelining, which MariaDB allows: PREPARE, EXECUTE of what was just prepared, and a query in one
write, twice, each time followed by a PING.
TXT
}

case_mysql_tls() {
    network_up; mysql_server
    start_case mysql_tls
    mysql_on desk1 --ssl -u app -e 'select 1' orders
    did 'MySQL CONNECT' desk1 db1 3306 1
    did 'TLS HANDSHAKE' desk1 db1 3306 1
    finish_case --shows mysql.conf --open 'TLS DATA' <<'TXT'
MariaDB with TLS: behind the greeting the client asks for TLS and starts it at once, without waiting
for an answer. The login and what follows are inside.
TXT
}

case_mysql_compressed() {
    network_up; mysql_server
    start_case mysql_compressed
    mysql_on desk1 --skip-ssl --compress -u app -e 'select 1; select * from item; select sleep(0.2)' orders
    capture_sync
    did 'MySQL CONNECT' desk1 db1 3306 1
    did 'MySQL LOGIN' desk1 db1 3306 1
    did 'MySQL OTHER' desk1 db1 3306 3
    finish_case --shows mysql.conf <<'TXT'
MariaDB with `--compress`: behind the login each packet is compressed, so only turns can be seen
(`MySQL OTHER`): three queries, one of them of 200 ms.
TXT
}

mongo_server() {
    background mongo db1 python3 "$lib/mongo_server.py" "${v4[db1]}"
    until_true 10 on db1 bash -c "exec 3<>/dev/tcp/${v4[db1]}/27017"
}

case_mongodb_commands() {
    network_up; mongo_server
    start_case mongodb_commands
    on desk1 python3 "$lib/mongo_client.py" "${v4[db1]}"
    did 'MongoDB hello' desk1 db1 27017 5
    did 'MongoDB insert' desk1 db1 27017 2
    did 'MongoDB find' desk1 db1 27017 2
    did 'MongoDB getMore' desk1 db1 27017 2
    local name
    for name in update delete aggregate ping; do did "MongoDB $name" desk1 db1 27017 1; done
    did 'MongoDB OTHER' desk1 db1 27017 1 errors=1
    finish_case --shows mongodb.conf --leave-out 'MongoDB hello:request_bytes,response_bytes' <<'TXT'
PyMongo and a small server in Python. 300 documents are inserted and read in three parts, one of each
other command, one find of 150 ms, a command that does not exist (`MongoDB OTHER`, an error). An
insert without acknowledgement is not answered. One connection watches the server: its hello waits
for changes and is answered once a second, by messages that answer nothing but the first time.
TXT
}

case_fastcgi() {
    network_up
    local d=$work/web
    mkdir -p "$d"
    printf '#!/bin/sh\nread -r body\nprintf "Content-type: text/plain\\r\\n\\r\\n"; echo "hello $REQUEST_METHOD $body"\n' >"$d/hello"
    printf '#!/bin/sh\nsleep 0.15\nprintf "Content-type: text/plain\\r\\n\\r\\n"; seq 3000\n' >"$d/slow"
    printf '#!/bin/sh\nprintf "Status: 503 Service Unavailable\\r\\n\\r\\n"\n' >"$d/broken"
    chmod 755 "$d" "$d"/*
    background fcgiwrap web1 fcgiwrap -c 2 -s "tcp:${v4[web1]}:9000"
    until_true 10 on web1 bash -c "exec 3<>/dev/tcp/${v4[web1]}/9000"
    start_case fastcgi
    local page
    for page in hello hello slow broken; do
        on desk1 env REQUEST_METHOD=GET SCRIPT_FILENAME="$d/$page" cgi-fcgi -bind -connect "${v4[web1]}:9000" \
            </dev/null >/dev/null
    done
    echo name=value | on desk1 env REQUEST_METHOD=POST CONTENT_LENGTH=11 SCRIPT_FILENAME="$d/hello" \
        cgi-fcgi -bind -connect "${v4[web1]}:9000" >/dev/null
    did FASTCGI desk1 web1 9000 5 errors=1
    finish_case --shows fastcgi.conf <<'TXT'
cgi-fcgi asks fcgiwrap for pages, each on a connection of its own: two short ones, one of 14 kB that
takes 150 ms, one with status 503 (an error), and one with a body.
TXT
}

case_thrift() {
    network_up
    background thrift web1 python3 "$lib/thrift_talk.py" server "${v4[web1]}"
    until_true 10 on web1 bash -c "exec 3<>/dev/tcp/${v4[web1]}/9092"
    start_case thrift
    on desk1 python3 "$lib/thrift_talk.py" client "${v4[web1]}"
    local port
    for port in 9090 9091 9092; do did Thrift desk1 web1 $port 5 errors=1; done
    finish_case --shows thrift.conf <<'TXT'
Apache Thrift's library for Python on both sides: framed binary (port 9090), framed compact (9091),
binary without frames (9092). Five calls each: one of 150 ms, one of a method that does not exist (an
error). Where there are frames, another one that is not answered and is no transaction.
TXT
}

# talking NAME PORT: starts the server of lib/NAME_talk.py
talking() {
    background "$1" db1 python3 "$lib/$1_talk.py" server "${v4[db1]}"
    until_true 10 on db1 bash -c "exec 3<>/dev/tcp/${v4[db1]}/$2"
}

case_kafka_messages() {
    network_up; talking kafka 9092
    start_case kafka_messages
    on desk1 python3 "$lib/kafka_talk.py" client "${v4[db1]}"
    local word
    for word in API_VERSIONS=1 METADATA=2 LIST_OFFSETS=1 PRODUCE=6 FIND_COORDINATOR=1 FETCH=3; do
        did "Kafka ${word%=*}" desk1 db1 9092 "${word#*=}"
    done
    finish_case --port 9092=kafka --shows kafka.conf <<'TXT'
A small Kafka broker and client in Python. Messages are produced: a short one, one of 4 kB, one for a
topic that does not exist, and one without acknowledgement, which is not answered and is no
transaction. Five requests go in one write. Of three fetches the last one waits 150 ms for data that
does not come; waiting is not timed.
TXT
}

case_tds_queries() {
    network_up; talking tds 1433
    start_case tds_queries
    on desk1 python3 "$lib/tds_talk.py" client "${v4[db1]}"
    did 'TDS OTHER' desk1 db1 1433 2
    did 'TDS LOGIN' desk1 db1 1433 2 errors=1
    did 'TDS BATCH' desk1 db1 1433 5 errors=1
    did 'TDS RPC' desk1 db1 1433 2
    finish_case --shows tds.conf <<'TXT'
A small server of SQL Server's protocol and a client in Python, without encryption. Five batches: one
with an answer of 8 kB in two packets, one that fails, one of 150 ms, one with a text of two packets.
Two calls of a procedure. A second login is refused. What is agreed before each login is `TDS OTHER`.
TXT
}

case_cql_queries() {
    network_up; talking cql 9042
    start_case cql_queries
    on desk1 python3 "$lib/cql_talk.py" client "${v4[db1]}"
    local word
    for word in OPTIONS STARTUP REGISTER PREPARE; do did "CQL $word" desk1 db1 9042 1; done
    did 'CQL QUERY' desk1 db1 9042 5 errors=1
    did 'CQL EXECUTE' desk1 db1 9042 3
    finish_case --shows cql.conf <<'TXT'
A small server of Cassandra's protocol (version 4) and a client in Python: queries, one with 300 rows,
one that fails; a prepared statement; an event that the server reports, which answers nothing. Four
requests go in one write: the first one takes 150 ms, and the others' answers overtake it.
TXT
}

case_oracle_tns() {
    network_up; talking tns 1521
    start_case oracle_tns
    on desk1 python3 "$lib/tns_talk.py" client "${v4[db1]}"
    did 'Oracle TNS' desk1 db1 1521 9 errors=1
    finish_case --shows oracle.conf <<'TXT'
A small listener of Oracle Net (version 314) and a client in Python: a session with four calls, each
answered by two packets; one whose words the listener asks for once more (RESEND), with one call; a
service that has moved (REDIRECT), and one that nobody knows (REFUSE, an error).
TXT
}
