# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# The servers, each with its own small configuration in the working directory.

pgbin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)

dns_server() {
    local d=$work/dns
    mkdir -p "$d"
    cat >"$d/dnsmasq.conf" <<CONF
no-daemon
no-hosts
no-resolv
no-poll
user=root
pid-file=$d/dnsmasq.pid
listen-address=${v4[dns1]},${v6[dns1]}
bind-interfaces
local=/example.net/
domain-needed
local-ttl=60
cname=www.example.net,web1.example.net
cname=mail.example.net,mail1.example.net
mx-host=example.net,mail1.example.net,10
txt-record=example.net,"v=spf1 mx -all"
srv-host=_postgresql._tcp.example.net,db1.example.net,5432
server=/broken.test/127.0.0.1#5301
server=/silent.test/127.0.0.1#5302
server=/slow.test/127.0.0.1#5303
server=/retry.test/127.0.0.1#5304
CONF
    local h
    for h in web1 db1 cache1 dns1 mail1 desk1 desk2 branch1; do
        echo "host-record=$h.example.net,${v4[$h]},${v6[$h]},60"
    done >>"$d/dnsmasq.conf"
    echo "host-record=legacy1.example.net,${v4[legacy1]},60" >>"$d/dnsmasq.conf"
    local i
    for i in $(seq 40); do echo "host-record=many.example.net,10.20.7.$i,60"; done >>"$d/dnsmasq.conf"
    background dns-upstreams dns1 python3 "$lib/dns_upstreams.py"
    background dnsmasq dns1 dnsmasq -C "$d/dnsmasq.conf"
    until_true 10 on dns1 dig +time=1 +tries=1 "@${v4[dns1]}" web1.example.net
}

web_server() {
    local d=$work/web
    mkdir -p "$d/root" "$d/tmp" "$d/upload"
    printf '<!doctype html>\n<title>Orders</title>\n<p>Nothing to see here yet.</p>\n' >"$d/root/index.html"
    printf 'body { font: 1em sans-serif; margin: 2em }\n%.0s' $(seq 40) >"$d/root/style.css"
    head -c 5000 /dev/zero | tr '\0' 'l' >"$d/root/logo.png"
    head -c 30000 /dev/zero | tr '\0' 'd' >"$d/root/catalogue.bin"
    head -c 60000 /dev/zero | tr '\0' 'D' >"$d/root/download.bin"
    head -c 500000 /dev/zero | tr '\0' 'B' >"$d/root/big.bin"
    touch -d '2024-03-01 12:00 UTC' "$d"/root/*
    chown -R www-data "$d/upload" "$d/tmp"
    cat >"$d/nginx.conf" <<CONF
daemon off;
user www-data;
worker_processes 1;
pid $d/nginx.pid;
error_log $d/error.log;
events { worker_connections 256; }
http {
    types { text/html html; text/css css; image/png png; application/octet-stream bin; }
    access_log off;
    keepalive_timeout 20s;
    if_modified_since before;
    client_body_temp_path $d/tmp/body;
    proxy_temp_path $d/tmp/proxy;
    fastcgi_temp_path $d/tmp/f;
    uwsgi_temp_path $d/tmp/u;
    scgi_temp_path $d/tmp/s;
    proxy_http_version 1.1;
    server {
        listen 80;
        listen [::]:80;
        server_name www.example.net web1.example.net;
        root $d/root;
        error_page 404 /none;
        location /app/ { proxy_pass http://127.0.0.1:8000; proxy_read_timeout 3s; }
        location /old/ { proxy_pass http://127.0.0.1:8001; }
        location /upload/ { root $d; dav_methods PUT DELETE; client_max_body_size 4m; }
        location = /moved { return 301 /index.html; }
        location = /empty { return 204; }
        location = /private { return 403; }
        location /app/chunks/ { proxy_pass http://127.0.0.1:8000; proxy_buffering off; }
        location = /slowly.bin { alias $d/root/download.bin; limit_rate 40k; limit_rate_after 8k; }
    }
}
CONF
    background nginx web1 nginx -c "$d/nginx.conf" -e "$d/error.log"
    background app web1 python3 "$lib/app.py" "$@"
    until_true 10 on web1 curl -sf -o /dev/null "http://${v4[web1]}/index.html"
    until_true 10 on web1 curl -sf -o /dev/null "http://${v4[web1]}/app/hello"
}

database_server() {
    local d=$work/db
    mkdir -p "$d"
    chown postgres:postgres "$d"
    local as=(setpriv --reuid postgres --regid postgres --clear-groups)
    (
        cd "$d"
        echo secret >"$d/pw"
        chown postgres "$d/pw"
        on db1 "${as[@]}" "$pgbin/initdb" -D "$d/data" -U postgres --pwfile="$d/pw" -A scram-sha-256 \
            --locale=C -E UTF8 -N >"$work/initdb.log" 2>&1
    )
    cat >>"$d/data/postgresql.conf" <<CONF
listen_addresses = '${v4[db1]},${v6[db1]}'
unix_socket_directories = '$d'
fsync = off
ssl = off
shared_buffers = 32MB
timezone = 'UTC'
log_timezone = 'UTC'
CONF
    echo 'local all all trust' >"$d/data/pg_hba.conf"
    [[ ${1:-} == trust ]] && echo "host all all ${v4[desk1]}/32 trust" >>"$d/data/pg_hba.conf"
    echo 'host all all 10.20.0.0/16 scram-sha-256' >>"$d/data/pg_hba.conf"
    echo 'host all all fd00:20::/32 scram-sha-256' >>"$d/data/pg_hba.conf"
    background postgres db1 "${as[@]}" "$pgbin/postgres" -D "$d/data"
    until_true 20 on db1 psql -h "$d" -U postgres -c 'select 1'
    on db1 psql -q -h "$d" -U postgres -c "create role app login password 'secret'" \
        -c 'create database orders owner app'
    on db1 psql -q -h "$d" -U app orders <<'SQL'
create table item (id int primary key, name text, price int);
insert into item select n, 'item ' || n, n * 7 % 500 from generate_series(1, 400) n;
create table sale (id serial primary key, item int, amount int, note text);
SQL
    on db1 pgbench -q -i -s 1 -h "$d" -U app orders >"$work/pgbench-init.log" 2>&1
}

cache_server() {
    background redis cache1 redis-server --port 6379 --bind "${v4[cache1]}" "${v6[cache1]}" \
        --protected-mode no --save '' --appendonly no --dir "$work"
    until_true 10 on cache1 redis-cli -h "${v4[cache1]}" ping
}

mail_server() {
    background mail mail1 python3 "$lib/mail.py" --cert-dir "$work" "$@"
    until_true 10 on mail1 curl -s --max-time 2 "smtp://${v4[mail1]}/check" -X NOOP
}
