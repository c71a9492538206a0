# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of PostgreSQL.

pg_env=(PGUSER=app PGPASSWORD=secret PGDATABASE=orders PGHOST=10.20.1.22 PGSSLMODE=disable PGGSSENCMODE=disable)
psql_on() { local host=$1; shift; on "$host" "${pg_env[@]}" psql -X -q "$@" >/dev/null 2>"$work/psql.log" || true; }
pg_client_on() { local host=$1; shift; on "$host" "${pg_env[@]}" "$work/pg_client" "$@"; }
build_pg_client() { gcc -Wall -O1 -I"$(pg_config --includedir)" -o "$work/pg_client" "$lib/pg_client.c" -lpq; }

case_pgsql_simple() {
    network_up; database_server trust
    start_case pgsql_simple
    psql_on desk1 -c 'select 1' -c 'select * from item' -c 'select pg_sleep(0.15)' -c 'select 2; select 3'
    psql_on desk1 -c "insert into sale (item, amount) values (1, 2)" -c 'set work_mem = 5000'
    psql_on desk2 -c "do \$\$ begin raise notice 'look here'; end \$\$" -c 'select 1'
    did 'PostgreSQL STARTUP' desk1 db1 5432 2
    did 'PostgreSQL QUERY' desk1 db1 5432 6
    did 'PostgreSQL STARTUP' desk2 db1 5432 1
    did 'PostgreSQL QUERY' desk2 db1 5432 2
    finish_case --shows postgresql.conf --leave-out 'PostgreSQL QUERY@10.20.0.12:response_time_us,server_time_us,transfer_time_us,response_bytes' <<'TXT'
psql, simple protocol, no TLS. desk1 needs no password: six queries on two connections, one with 400
rows, one of 150 ms, one Query message with two statements. desk2 logs in with SCRAM (several round
trips, still one STARTUP) and its first query raises a notice before it completes.
TXT
}

case_pgsql_ssl_refused() {
    network_up; database_server trust
    start_case pgsql_ssl_refused
    psql_on desk1 'sslmode=prefer' -c 'select 1'
    did 'PostgreSQL STARTUP' desk1 db1 5432 1
    did 'PostgreSQL QUERY' desk1 db1 5432 1
    finish_case --leave-out 'PostgreSQL STARTUP:transactions,answered,response_time_us,server_time_us,request_time_us,transfer_time_us,transaction_time_us,request_bytes,response_bytes' <<'TXT'
psql asks for TLS first (SSLRequest) and is told no ("N"), then goes on in clear text: the untyped
opening, and a reply of one byte without a length. Whether SSLRequest counts as a STARTUP of its own
is left open here; the query must be found either way.
TXT
}

case_pgsql_extended() {
    network_up; database_server trust; build_pg_client
    start_case pgsql_extended
    pg_client_on desk1 params 8
    on desk1 "${pg_env[@]}" pgbench -n -S -t 6 -M prepared >/dev/null 2>&1
    local queries
    capture_sync
    queries=$(tshark -r "$work/pgsql_extended.pcap" -Y 'pgsql.type == "Simple query"' -T fields -e frame.number 2>/dev/null | wc -l)
    did 'PostgreSQL STARTUP' desk1 db1 5432 3
    did 'PostgreSQL EXTENDED' desk1 db1 5432 15
    did 'PostgreSQL QUERY' desk1 db1 5432 "$queries"
    finish_case --shows postgresql.conf <<'TXT'
The extended protocol: a small libpq program with eight parameterised statements (Parse, Bind,
Describe, Execute, Sync), and pgbench `-M prepared` with six transactions: one batch to prepare, then
Bind, Describe, Execute, Sync. pgbench asks for its tables first (simple queries, on a connection of
its own).
TXT
}

case_pgsql_copy() {
    network_up; database_server trust
    start_case pgsql_copy
    psql_on desk1 -c "\\copy (select * from item) to '/dev/null'" -c "\\copy (select 1) to '/dev/null'"
    seq 900 | sed 's,.*,&\tline &,' >"$work/lines"
    psql_on desk2 -c 'create temp table t (a int, b text)' -c "\\copy t from '$work/lines'" -c 'select count(*) from t'
    did 'PostgreSQL STARTUP' desk1 db1 5432 1
    did 'PostgreSQL COPY' desk1 db1 5432 2
    did 'PostgreSQL STARTUP' desk2 db1 5432 1
    did 'PostgreSQL QUERY' desk2 db1 5432 2
    did 'PostgreSQL COPY' desk2 db1 5432 1
    finish_case --shows postgresql.conf <<'TXT'
COPY out twice from desk1, COPY in (900 lines) from desk2 between two plain queries. psql, simple
protocol. COPY in has no times here: its CopyInResponse comes before the request has ended.
TXT
}

case_pgsql_error() {
    network_up; database_server trust
    start_case pgsql_error
    psql_on desk1 -c 'select nothing from nowhere'
    psql_on desk1 -f - <<<'select 1; select 1/0; select 2;'
    psql_on desk1 -d nosuchdatabase -c 'select 1'
    on desk2 "${pg_env[@]}" timeout -s INT 0.6 psql -X -q -c 'select pg_sleep(9)' >/dev/null 2>&1 || true
    on desk2 "${pg_env[@]}" PGPASSWORD=wrong psql -X -q -c 'select 1' >/dev/null 2>&1 || true
    did 'PostgreSQL STARTUP' desk1 db1 5432 3 errors=1
    did 'PostgreSQL QUERY' desk1 db1 5432 4 errors=2
    did 'PostgreSQL STARTUP' desk2 db1 5432 2 errors=1
    did 'PostgreSQL QUERY' desk2 db1 5432 1 errors=1
    finish_case <<'TXT'
An unknown table and a division by zero (each an error, and the query after it is not), an unknown
database (an error of STARTUP, then the server hangs up). desk2 cancels a query: the CancelRequest
goes over a second connection, is no transaction, and the query ends with an error; then it tries a
wrong password.
TXT
}

case_pgsql_pipeline() {
    network_up; database_server trust; build_pg_client
    start_case pgsql_pipeline
    pg_client_on desk1 each 40
    pg_client_on desk1 one 12
    pg_client_on desk2 error 6
    did 'PostgreSQL STARTUP' desk1 db1 5432 2
    did 'PostgreSQL EXTENDED' desk1 db1 5432 41
    did 'PostgreSQL STARTUP' desk2 db1 5432 1
    did 'PostgreSQL EXTENDED' desk2 db1 5432 6 errors=1
    finish_case <<'TXT'
libpq's pipeline mode. desk1: forty statements, each with its own Sync, sent before any answer is
read (forty batches), and twelve statements with one Sync (one batch). desk2: six batches of which
the second fails.
TXT
}
