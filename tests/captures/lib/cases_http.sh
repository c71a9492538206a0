# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# HTTP cases. Each starts its servers, captures, does a known number of things and declares them.

curl_on() { on "$1" curl -s -o /dev/null "${@:2}"; }
web=http://10.20.1.21

case_http_basic() {
    network_up; web_server
    start_case http_basic
    # one connection each
    curl_on desk1 $web/index.html
    curl_on desk1 $web/style.css
    # one connection for five
    curl_on desk1 $web/index.html -o /dev/null $web/style.css -o /dev/null $web/logo.png \
        -o /dev/null $web/app/sleep/120 -o /dev/null $web/app/hello
    curl_on desk1 -I $web/catalogue.bin -o /dev/null $web/index.html
    curl_on desk1 -d 'item=7&amount=2' $web/app/hello
    curl_on desk2 -d "$(printf 'x%.0s' $(seq 4000))" $web/app/sleep/80
    did 'HTTP GET' desk1 web1 80 7
    did 'HTTP HEAD' desk1 web1 80 2
    did 'HTTP POST' desk1 web1 80 1
    did 'HTTP POST' desk2 web1 80 1 'response_time_us>=80000' 'response_time_us<=200000'
    finish_case --shows http.conf <<'TXT'
GET, HEAD and POST, alone and on kept connections: curl against nginx. `/app/` goes to a small
application behind nginx; `/app/sleep/120` takes 120 ms there, the POST of desk2 80 ms.
TXT
}

case_http_ipv6() {
    network_up; web_server
    start_case http_ipv6
    local w='http://[fd00:20:1::21]'
    curl_on desk1 -g "$w/index.html" -o /dev/null "$w/app/sleep/60" -o /dev/null "$w/logo.png"
    curl_on desk2 -g -d 'item=7' "$w/app/hello"
    did 'HTTP GET' desk1/6 web1/6 80 3
    did 'HTTP POST' desk2/6 web1/6 80 1
    finish_case <<'TXT'
HTTP over IPv6: curl against nginx, one connection with three GETs and one with a POST.
TXT
}

case_http_pipelined() {
    network_up; web_server
    start_case http_pipelined
    on desk1 python3 "$lib/client.py" pipeline 10.20.1.21 80 5 1 \
        /index.html /style.css /app/sleep/200 /index.html /app/hello
    on desk2 python3 "$lib/client.py" pipeline 10.20.1.21 80 60 3 /index.html /style.css
    did 'HTTP GET' desk1 web1 80 5
    did 'HTTP GET' desk2 web1 80 60
    finish_case --shows http.conf <<'TXT'
Pipelined GETs to nginx: desk1 sends five in one segment, the third of which takes 200 ms and so
holds up the two behind it; desk2 sends sixty in three writes. `server_time` of a request starts
when the answer before it has ended.
TXT
}

case_http_100_continue() {
    network_up; web_server
    head -c 20000 /dev/zero | tr '\0' 'u' >"$work/upload.bin"
    start_case http_100_continue
    curl_on desk1 -H 'Expect: 100-continue' --data-binary "@$work/upload.bin" $web/app/sleep/90
    curl_on desk1 -H 'Expect: 100-continue' -T "$work/upload.bin" $web/upload/a.bin
    must_see 2 'http.response.code == 100'
    did 'HTTP POST' desk1 web1 80 1 'response_time_us>=90000'
    did 'HTTP PUT' desk1 web1 80 1
    finish_case --leave-out 'HTTP POST:response_bytes' --leave-out 'HTTP PUT:response_bytes' <<'TXT'
Two uploads that wait for a go-ahead (curl, nginx; `Expect: 100-continue`): the body leaves only after
the server's `100 Continue`, which is neither the first byte of the response nor its end. The POST takes 90 ms
after the whole body has arrived.
TXT
}

case_http_slow_upload() {
    network_up; web_server
    head -c 30000 /dev/zero | tr '\0' 'u' >"$work/upload.bin"
    start_case http_slow_upload
    curl_on desk1 --limit-rate 12k --data-binary "@$work/upload.bin" -H 'Expect:' $web/app/sleep/30
    did 'HTTP POST' desk1 web1 80 1 'request_time_us>=1000000' 'response_time_us>=30000' 'response_time_us<=300000'
    finish_case <<'TXT'
A POST of 30 kB that the client sends at 12 kB/s (curl `--limit-rate`). The upload is slow, the
server is not: it answers 30 ms after the last byte.
TXT
}

case_http_chunked() {
    network_up; web_server
    start_case http_chunked
    curl_on desk1 $web/app/chunks/6/100
    curl_on desk1 $web/app/report -o /dev/null $web/app/hello
    echo 'a small body of unknown length' | on desk1 curl -s -o /dev/null -X POST -H 'Transfer-Encoding: chunked' \
        -H 'Expect:' --data-binary @- $web/app/hello
    must_see 2 'http.response && http.transfer_encoding == "chunked"'
    must_see 1 'http.request && http.transfer_encoding == "chunked"'
    did 'HTTP GET' desk1 web1 80 3
    did 'HTTP POST' desk1 web1 80 1
    finish_case <<'TXT'
Chunked responses from nginx: six chunks 100 ms apart (so one transfer takes half a second), a page
of 120 lines, and another request on that connection. Last, a POST whose body is chunked.
TXT
}

case_http_304_204() {
    network_up; web_server
    start_case http_304_204
    curl_on desk1 -z '1 Jan 2025' $web/index.html -o /dev/null $web/empty -o /dev/null $web/style.css
    curl_on desk1 -I $web/download.bin -o /dev/null $web/style.css
    curl_on desk1 $web/index.html -o /dev/null $web/empty -o /dev/null $web/moved -o /dev/null $web/private \
        -o /dev/null $web/missing.html -o /dev/null $web/index.html
    must_see 2 'http.response.code == 304'
    must_see 2 'http.response.code == 204'
    must_see 3 'http.response.code in {301, 403, 404}'
    did 'HTTP GET' desk1 web1 80 9 errors=0
    did 'HTTP HEAD' desk1 web1 80 2
    finish_case <<'TXT'
Responses without a body although some name a length: 304 (twice), 204 (twice), HEAD; then 301, 403
and 404, which are no errors. All on kept connections, so a wrong idea of a body's length shifts
everything after it.
TXT
}

case_http_5xx() {
    network_up; web_server
    start_case http_5xx
    curl_on desk1 $web/app/fail -o /dev/null $web/index.html -o /dev/null $web/app/busy -o /dev/null $web/old/page
    curl_on desk1 $web/app/stuck
    must_see 1 'http.response.code == 502'
    must_see 1 'http.response.code == 504'
    did 'HTTP GET' desk1 web1 80 5 errors=4 'response_time_us<=4000000'
    finish_case <<'TXT'
500, 200, 503 and 502 (nginx with a backend that is not there) on one connection, then 504 after
three seconds (a backend that does not answer). Four of the five are errors.
TXT
}

case_http_aborted() {
    network_up
    background odd web1 python3 "$lib/odd_web.py" 10.20.1.21
    sleep 1
    start_case http_aborted
    local path
    for path in eof fin rst none; do curl_on desk1 http://10.20.1.21:8080/$path || true; done
    did 'HTTP GET' desk1 web1 8080 4 answered=1 aborted=3
    finish_case <<'TXT'
A small server in Python and four GETs with curl: `/eof` names no length and ends with the
connection (complete), `/fin` closes before the length it promised, `/rst` resets in the middle,
`/none` closes without an answer: three are aborted.
TXT
}

case_http_websocket_upgrade() {
    network_up
    background odd web1 python3 "$lib/odd_web.py" 10.20.1.21
    sleep 1
    start_case http_websocket_upgrade
    on desk1 python3 "$lib/client.py" websocket 10.20.1.21 8080 4
    did 'HTTP GET' desk1 web1 8080 1
    finish_case --shows http.conf --absent 'WEBSOCKET' --absent 'TCP OTHER' <<'TXT'
One GET that upgrades to WebSocket (101), then four small frames each way, 30 ms apart, from a small
client and server in Python. HTTP ends with the 101; the frames are packets of `WEBSOCKET` and no
transactions.
TXT
}
