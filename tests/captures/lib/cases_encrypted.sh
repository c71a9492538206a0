# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of TLS and QUIC.
# packages: ngtcp2-client ngtcp2-server

tls_certificate() {
    mkdir -p "$work/tls"
    [[ -e $work/tls/cert.pem ]] && return
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=www.example.net \
        -addext subjectAltName=DNS:www.example.net -keyout "$work/tls/key.pem" -out "$work/tls/cert.pem" 2>/dev/null
}

# nginx with TLS 1.2 and 1.3 and one group only.
tls_web_server() {
    local d=$work/tlsweb
    tls_certificate
    mkdir -p "$d/root" "$d/tmp"
    printf 'a small page\n' >"$d/root/small"
    head -c 5000 /dev/zero | tr '\0' 'l' >"$d/root/large"
    cat >"$d/nginx.conf" <<CONF
daemon off;
worker_processes 1;
pid $d/nginx.pid;
error_log $d/error.log;
events { worker_connections 64; }
http {
    access_log off;
    keepalive_timeout 1s;
    client_body_temp_path $d/tmp/body;
    proxy_temp_path $d/tmp/proxy;
    fastcgi_temp_path $d/tmp/f;
    uwsgi_temp_path $d/tmp/u;
    scgi_temp_path $d/tmp/s;
    ssl_certificate $work/tls/cert.pem;
    ssl_certificate_key $work/tls/key.pem;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ecdh_curve X25519;
    ssl_session_cache shared:s:1m;
    server { listen 443 ssl; listen [::]:443 ssl; root $d/root; }
}
CONF
    background tlsweb web1 nginx -c "$d/nginx.conf"
    until_true 10 on web1 curl -sk -o /dev/null "https://${v4[web1]}/small"
}

# fetch CURL ARGUMENTS...: one connection to www.example.net.
fetch() { on desk1 curl -sk -o /dev/null --resolve "www.example.net:443:${v4[web1]}" --http1.1 "$@" || true; }

case_tls12() {
    network_up; tls_web_server
    start_case tls12
    local page=https://www.example.net
    fetch --tls-max 1.2 "$page/small" -o /dev/null "$page/large" -o /dev/null "$page/small"
    # The session of the first connection is taken up again by the second.
    local i
    for i in 1 2; do
        on desk2 bash -c "(printf 'GET /small HTTP/1.0\r\n\r\n'; sleep 0.2) | openssl s_client -quiet -tls1_2 \
            -servername www.example.net -connect ${v4[web1]}:443 \
            $([[ $i == 1 ]] && echo -sess_out || echo -sess_in) $work/tls/session" >/dev/null 2>&1 || true
    done
    did 'TLS HANDSHAKE' desk1 web1 443 1
    did 'TLS DATA' desk1 web1 443 3
    did 'TLS HANDSHAKE' desk2 web1 443 2
    did 'TLS DATA' desk2 web1 443 2
    must_see 3 'tls.handshake.extensions_server_name == "www.example.net"'
    finish_case --shows tls.conf <<'TXT'
TLS 1.2: nginx and curl, three requests on one connection, then two of `openssl s_client`, of which
the second takes up the first one's session again (its handshake ends with the client's message).
Each client names the server (SNI) www.example.net.
TXT
}

case_tls13() {
    network_up; tls_web_server
    start_case tls13
    # Requests wait until the server has sent its tickets.
    local get='GET /large HTTP/1.1\r\nHost: www.example.net\r\n\r\n' client="openssl s_client -quiet -servername www.example.net"
    on desk1 bash -c "(sleep 0.2; printf '$get'; sleep 0.2; printf '$get'; sleep 0.2) | $client -connect ${v4[web1]}:443" \
        >/dev/null 2>&1 || true
    on desk2 bash -c "(sleep 0.2; printf '$get'; sleep 0.2) | $client -groups P-256:X25519 -connect ${v4[web1]}:443" \
        >/dev/null 2>&1 || true
    fetch --tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 https://www.example.net/small
    did 'TLS HANDSHAKE' desk1 web1 443 2 errors=1
    did 'TLS DATA' desk1 web1 443 2
    did 'TLS HANDSHAKE' desk2 web1 443 1
    did 'TLS DATA' desk2 web1 443 1
    must_see 4 'tls.handshake.extensions_server_name == "www.example.net"'
    must_see 1 'tls.handshake.random == cf:21:ad:74:e5:9a:61:11:be:1d:8c:02:1e:65:b8:91:c2:a2:11:16:7a:bb:8c:5e:07:9e:09:e2:c8:a8:33:9c'
    must_see 1 'tls.alert_message.level == 2'
    finish_case --shows tls.conf <<'TXT'
TLS 1.3: nginx and `openssl s_client`, two requests on one connection; one on another, whose first
hello the server wants in another form (HelloRetryRequest); and curl that speaks nothing newer than TLS
1.1 and is refused with an alert. What the client sends at the end of the handshake and the tickets that
the server answers with are no `TLS DATA`.
TXT
}

quic_server() { # PORT [GTLSSERVER ARGUMENTS...]
    local port=$1
    shift
    tls_certificate
    mkdir -p "$work/quic"
    head -c 3000 /dev/zero | tr '\0' 'q' >"$work/quic/page"
    touch "$work/quic/mime"
    background "quic$port" web1 gtlsserver -q --mime-types-file "$work/quic/mime" -d "$work/quic" "$@" \
        "${v4[web1]}" "$port" "$work/tls/key.pem" "$work/tls/cert.pem"
    sleep 0.5
}
quic_fetch() { # HOST PORT [GTLSCLIENT ARGUMENTS...]
    local host=$1 port=$2
    shift 2
    on "$host" timeout 5 gtlsclient -q --no-pmtud --exit-on-all-streams-close "$@" \
        web1.example.net "$port" https://web1.example.net/page >"$work/quic-client.log" 2>&1 || true
}

case_quic() {
    network_up
    echo "${v4[web1]} web1.example.net" >>/etc/hosts
    quic_server 443; quic_server 4433 -V
    start_case quic
    quic_fetch desk1 443
    quic_fetch desk1 443
    quic_fetch desk2 443 -v v2draft
    quic_fetch desk2 4433
    did 'QUIC HANDSHAKE' desk1 web1 443 2
    did 'QUIC HANDSHAKE' desk2 web1 443 1
    did 'QUIC HANDSHAKE' desk2 web1 4433 1
    must_see 1 'quic.long.packet_type == 3'
    must_see 3 'tls.handshake.extensions_server_name == "web1.example.net"'
    finish_case --shows quic.conf --leave-out 'QUIC HANDSHAKE@10.20.0.12:transaction_time_us,transfer_time_us,response_bytes' <<'TXT'
HTTP/3 over QUIC with ngtcp2's server and client: two connections of version 1, one of the draft of version 2, and
one to a server that wants to see the client's address confirmed first (Retry). All else is encrypted.
TXT
}

case_pgsql_tls() {
    network_up; database_server trust
    tls_certificate
    local d=$work/db
    install -o postgres -m 600 "$work/tls/key.pem" "$d/data/server.key"
    install -o postgres -m 644 "$work/tls/cert.pem" "$d/data/server.crt"
    on db1 psql -q -h "$d" -U postgres -c 'alter system set ssl = on' -c 'select pg_reload_conf()' >/dev/null
    sleep 0.5
    start_case pgsql_tls
    psql_on desk1 'sslmode=require ssl_max_protocol_version=TLSv1.2' -c 'select 1' -c 'select count(*) from item'
    did 'PostgreSQL STARTUP' desk1 db1 5432 1
    did 'TLS HANDSHAKE' desk1 db1 5432 1
    did 'TLS DATA' desk1 db1 5432 3
    finish_case --port 5432=pgsql_tls --absent 'PostgreSQL QUERY' <<'TXT'
psql asks for TLS (SSLRequest, a `STARTUP`) and is told yes; all behind it is TLS 1.2: the login and two
queries are turns of data. The client's farewell has no answer and is none.
TXT
}
