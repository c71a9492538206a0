# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work and v4 are make_captures.sh's
# Cases of HTTP/2 in clear text and gRPC.
# packages: nghttp2-client nghttp2-proxy nghttp2-server python3-grpcio python3-hpack

# nginx that speaks HTTP/2 on port 8080, with the application of the HTTP cases behind it.
h2_server() {
    web_server
    local d=$work/web
    cat >"$d/h2.conf" <<CONF
daemon off;
user www-data;
worker_processes 1;
pid $d/h2.pid;
error_log $d/h2.log;
events { worker_connections 256; }
http {
    types { text/html html; text/css css; image/png png; application/octet-stream bin; }
    access_log off;
    client_body_temp_path $d/tmp/body2;
    proxy_temp_path $d/tmp/proxy2;
    fastcgi_temp_path $d/tmp/f2;
    uwsgi_temp_path $d/tmp/u2;
    scgi_temp_path $d/tmp/s2;
    server {
        listen 8080 http2;
        root $d/root;
        location /app/ { proxy_pass http://127.0.0.1:8000; }
        location /old/ { proxy_pass http://127.0.0.1:8001; }
        location = /empty { return 204; }
    }
}
CONF
    background nginx-h2 web1 nginx -c "$d/h2.conf" -e "$d/h2.log"
    until_true 10 on web1 curl -sf --http2-prior-knowledge -o /dev/null "http://${v4[web1]}:8080/index.html"
}

h2=http://10.20.1.21:8080

case_http2_plain() {
    network_up; h2_server
    start_case http2_plain
    curl_h2() { on "$1" curl -s --http2-prior-knowledge "${@:2}" >/dev/null; }
    local page
    for page in index.html style.css app/sleep/120 catalogue.bin missing empty; do curl_h2 desk1 $h2/$page; done
    curl_h2 desk1 -I $h2/logo.png
    curl_h2 desk1 $h2/old/page
    head -c 20000 /dev/zero | tr '\0' 'u' >"$work/upload.txt"
    curl_h2 desk2 -d "@$work/upload.txt" $h2/app/hello
    did 'HTTP2 GET' desk1 web1 8080 7 errors=1
    did 'HTTP2 HEAD' desk1 web1 8080 1
    did 'HTTP2 POST' desk2 web1 8080 1
    finish_case --port 8080=http2 --shows http2.conf <<'TXT'
HTTP/2 by prior knowledge: curl against nginx, one connection each. Six GETs, one of which takes 120 ms,
one finds nothing (404, no error) and one has an empty answer (204); a HEAD; a GET that ends in 502 (an
error); desk2 posts 20 kB.
TXT
}

case_http2_multiplexed() {
    network_up; h2_server
    start_case http2_multiplexed
    on desk1 nghttp -n $h2/index.html $h2/app/sleep/150 $h2/catalogue.bin $h2/logo.png $h2/style.css >"$work/nghttp.log" 2>&1
    head -c 6000 /dev/zero | tr '\0' 'n' >"$work/note.txt"
    on desk2 nghttp -n -m 4 -d "$work/note.txt" $h2/app/hello $h2/app/sleep/40 >"$work/nghttp2.log" 2>&1
    did 'HTTP2 GET' desk1 web1 8080 5
    did 'HTTP2 POST' desk2 web1 8080 8
    must_see 2 'http2.type == 2 and http2.streamid == 11'
    finish_case --port 8080=http2 --shows http2.conf <<'TXT'
Several requests at once on one connection: nghttp against nginx. Responses come in another order
than their requests, and their frames interleave. Before them come PRIORITY frames of streams that
are never used. desk2 makes eight POSTs of 6 kB at once, whose frames interleave, too.
TXT
}

case_http2_upgrade() {
    network_up; web_server
    background nghttpx web1 nghttpx -f "${v4[web1]},8081;no-tls" -b '127.0.0.1,80' --workers=1 --errorlog-file="$work/nghttpx-errors.log" \
        --accesslog-file=/dev/null
    until_true 10 on web1 curl -sf -o /dev/null "http://${v4[web1]}:8081/index.html"
    start_case http2_upgrade
    local w=http://10.20.1.21:8081
    on desk1 nghttp -nu $w/index.html $w/style.css $w/logo.png >"$work/nghttp.log" 2>&1
    did 'HTTP GET' desk1 web1 8081 1
    did 'HTTP2 GET' desk1 web1 8081 2
    must_see 1 'http.response.code == 101'
    finish_case --port 8081=http2 --shows http2.conf <<'TXT'
From HTTP/1 to HTTP/2 by `Upgrade: h2c`: nghttp against nghttpx. The first GET is HTTP/1; behind the 101
it is answered in HTTP/2, on stream 1. Two more GETs are HTTP/2.
TXT
}

case_http2_upgrade_errors() {
    network_up; web_server
    background nghttpx web1 nghttpx -f "${v4[web1]},8081;no-tls" -b '127.0.0.1,8000;/app/' -b '127.0.0.1,8001;/old/' -b '127.0.0.1,80' \
        --workers=1 --errorlog-file="$work/nghttpx-errors.log" --accesslog-file=/dev/null
    until_true 10 on web1 curl -sf -o /dev/null "http://${v4[web1]}:8081/index.html"
    start_case http2_upgrade_errors
    local w=http://10.20.1.21:8081
    on desk1 nghttp -nu $w/app/sleep/150 $w/app/sleep/40 >"$work/nghttp.log" 2>&1
    on desk1 nghttp -nu $w/missing >"$work/nghttp.log" 2>&1
    on desk1 nghttp -nu $w/old/page $w/index.html >"$work/nghttp.log" 2>&1
    on desk2 curl -s --http2 -I -o /dev/null $w/index.html
    did 'HTTP GET' desk1 web1 8081 3 errors=1
    did 'HTTP HEAD' desk2 web1 8081 1
    did 'HTTP2 GET' desk1 web1 8081 2
    must_see 4 'http.response.code == 101'
    finish_case --port 8081=http2 --shows http2.conf <<'TXT'
Requests that upgrade to HTTP/2 (`Upgrade: h2c`) and are answered on stream 1: nghttp and curl against
nghttpx. A GET takes 150 ms (the second GET on its connection is answered before it), one finds nothing
(404, no error), one ends in 502 or 503 (an error) with another GET behind it; desk2 asks for HEAD.
TXT
}

case_http2_long_headers() {
    network_up; web_server
    background nghttpd web1 nghttpd --no-tls -a "${v4[web1]}" -d "$work/web/root" 8082
    until_true 10 on web1 curl -sf --http2-prior-knowledge -o /dev/null "http://${v4[web1]}:8082/index.html"
    start_case http2_long_headers
    local w=http://10.20.1.21:8082 n long=()
    for n in 1 2 3 4; do long+=(-H "x-long-$n: $(head -c 9000 /dev/urandom | base64 -w 0)"); done
    on desk1 nghttp -n "${long[@]}" $w/index.html $w/style.css $w/missing >"$work/nghttp.log" 2>&1
    did 'HTTP2 GET' desk1 web1 8082 3
    finish_case --port 8082=http2 --shows http2.conf <<'TXT'
Headers of 48 kB: nghttp against nghttpd, three GETs on one connection, each with HEADERS and several
CONTINUATION frames.
TXT
}

case_grpc_calls() {
    network_up
    background grpc web1 python3 "$lib/grpc_app.py" server "${v4[web1]}:50051"
    until_true 15 on desk2 python3 "$lib/grpc_app.py" ready "${v4[web1]}:50051"
    start_case grpc_calls
    on desk1 python3 "$lib/grpc_app.py" calls "${v4[web1]}:50051"
    on desk2 python3 "$lib/grpc_app.py" dialogue "${v4[web1]}:50051"
    did 'GRPC' desk1 web1 50051 7 errors=2 aborted=1
    did 'GRPC' desk2 web1 50051 1
    finish_case --shows http2.conf <<'TXT'
gRPC: a small server and client in Python with grpcio. desk1 makes three calls, a slow one (200 ms), one that fails (a
grpc-status of 5), one of a method that does not exist (12), and one that it gives up after 300 ms (RST_STREAM). desk2
holds a dialogue in which both sides speak in turns: counted, but without time samples.
TXT
}
