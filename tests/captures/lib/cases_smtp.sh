# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# Cases of SMTP.

curl_mail() { # HOST CURL ARGUMENTS...: the message comes from standard input
    local host=$1
    shift
    on "$host" curl -s --max-time 20 "smtp://10.20.1.25/$host.example.net" --mail-from user1@example.net \
        --mail-rcpt-allowfails -T - "$@" >/dev/null || true
}
letter() { printf 'From: user1@example.net\r\nSubject: %s\r\n\r\n' "$1"; printf 'A line of text.\r\n%.0s' $(seq "$2"); }

case_smtp_session() {
    network_up; mail_server
    start_case smtp_session
    letter one 5 | curl_mail desk1 --mail-rcpt user2@example.net
    letter two 200 | curl_mail desk1 --mail-rcpt user2@example.net --mail-rcpt nobody@example.net
    letter reject 3 | curl_mail desk1 --mail-rcpt user2@example.net
    letter four 3 | curl_mail desk1 --mail-rcpt full@example.net
    on desk1 curl -s "smtp://10.20.1.25/desk1.example.net" --mail-rcpt user2 --request VRFY >/dev/null || true
    on desk1 curl -s "smtp://10.20.1.25/desk1.example.net" --request NOOP >/dev/null || true
    on desk1 curl -s "smtp://10.20.1.25/desk1.example.net" --request HELP >/dev/null || true
    letter slow 3 | curl_mail desk2 --mail-rcpt slow@example.net
    did 'SMTP CONNECT' desk1 mail1 25 7
    did 'SMTP EHLO' desk1 mail1 25 7
    did 'SMTP MAIL' desk1 mail1 25 4
    did 'SMTP RCPT' desk1 mail1 25 5 errors=2
    did 'SMTP DATA' desk1 mail1 25 3
    did 'SMTP MESSAGE' desk1 mail1 25 3 errors=1
    did 'SMTP VRFY' desk1 mail1 25 1
    did 'SMTP NOOP' desk1 mail1 25 1
    did 'SMTP OTHER' desk1 mail1 25 1
    did 'SMTP QUIT' desk1 mail1 25 7
    local c
    for c in CONNECT EHLO MAIL DATA MESSAGE QUIT; do did "SMTP $c" desk2 mail1 25 1; done
    did 'SMTP RCPT' desk2 mail1 25 1 'response_time_us>=400000'
    finish_case --shows smtp.conf <<'TXT'
Mails sent with curl to aiosmtpd: a short one; a longer one with a recipient that is refused (550);
one refused after its final dot (554); one whose only recipient is over quota (452); VRFY, NOOP and
HELP. desk2 writes to a recipient for whom the server takes 400 ms.
TXT
}

case_smtp_auth() {
    network_up; mail_server
    start_case smtp_auth
    on desk1 python3 "$lib/client.py" smtp-auth 10.20.1.25
    did 'SMTP CONNECT' desk1 mail1 25 3
    did 'SMTP EHLO' desk1 mail1 25 3
    did 'SMTP AUTH' desk1 mail1 25 3 errors=1
    did 'SMTP QUIT' desk1 mail1 25 3
    finish_case --shows smtp.conf <<'TXT'
AUTH PLAIN, AUTH LOGIN as a dialogue of three lines, and AUTH LOGIN with a wrong password (535): each
dialogue is one transaction. A small client in Python, aiosmtpd. The password is "secret", and must
not turn up in anything that pastmon writes.
TXT
}

case_smtp_starttls() {
    network_up; mail_server --tls
    start_case smtp_starttls
    letter one 5 | curl_mail desk1 --ssl-reqd -k --mail-rcpt user2@example.net
    local c
    for c in CONNECT EHLO STARTTLS; do did "SMTP $c" desk1 mail1 25 1; done
    did 'TLS HANDSHAKE' desk1 mail1 25 1
    finish_case --later 'TLS HANDSHAKE' --open 'TLS DATA' --open 'TCP OTHER' --absent 'SMTP MAIL' --absent 'SMTP OTHER' <<'TXT'
A mail with curl `--ssl-reqd` to aiosmtpd with a self-signed certificate: after STARTTLS the
connection is TLS, and nothing of it is SMTP any more.
TXT
}

postfix_server() {
    local d=$work/postfix
    mkdir -p "$d/conf" "$d/queue" "$d/data"
    chown postfix "$d/data"
    cat >"$d/conf/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $d/queue
data_directory = $d/data
maillog_file = /dev/stdout
maillog_file_prefixes = /dev
myhostname = mail1.example.net
mydomain = example.net
mydestination = example.net
mynetworks = 10.20.0.0/16
inet_interfaces = all
local_recipient_maps = inline:{ {user2=x}, {user3=x} }
local_transport = discard:
default_transport = discard:
alias_maps =
smtp_host_lookup = native
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_tls_security_level = none
smtpd_peername_lookup = no
CONF
    cat >"$d/conf/master.cf" <<'CONF'
smtp      inet  n       -       n       -       -       smtpd
cleanup   unix  n       -       n       -       0       cleanup
rewrite   unix  -       -       n       -       -       trivial-rewrite
qmgr      unix  n       -       n       300     1       qmgr
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
discard   unix  -       -       n       -       -       discard
anvil     unix  -       -       n       -       1       anvil
proxymap  unix  -       -       n       -       -       proxymap
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
postlog   unix-dgram n  -       n       -       1       postlogd
CONF
    background postfix mail1 postfix -c "$d/conf" start-fg
    until_true 20 on mail1 curl -s --max-time 2 "smtp://${v4[mail1]}/check" -X NOOP
}

case_smtp_pipelining() {
    network_up; postfix_server
    start_case smtp_pipelining
    on desk1 python3 "$lib/client.py" smtp 10.20.1.25 4
    did 'SMTP CONNECT' desk1 mail1 25 1
    did 'SMTP EHLO' desk1 mail1 25 1
    did 'SMTP MAIL' desk1 mail1 25 4
    did 'SMTP RCPT' desk1 mail1 25 8 errors=2
    did 'SMTP DATA' desk1 mail1 25 4
    did 'SMTP MESSAGE' desk1 mail1 25 4
    did 'SMTP RSET' desk1 mail1 25 1
    did 'SMTP QUIT' desk1 mail1 25 1
    finish_case <<'TXT'
RFC 2920 pipelining to Postfix: MAIL, one or three RCPT and DATA in one segment, the replies in one
or several. Four mails, two of them with an unknown recipient (550). RSET and QUIT go together.
TXT
}

case_smtp_bdat() {
    network_up; postfix_server
    on mail1 postconf -c "$work/postfix/conf" -e message_size_limit=20000
    on mail1 postfix -c "$work/postfix/conf" reload
    sleep 1
    start_case smtp_bdat
    on desk2 python3 "$lib/client.py" smtp-bdat 10.20.1.25 20000
    did 'SMTP CONNECT' desk2 mail1 25 1
    did 'SMTP EHLO' desk2 mail1 25 1
    did 'SMTP MAIL' desk2 mail1 25 5
    did 'SMTP RCPT' desk2 mail1 25 5
    did 'SMTP MESSAGE' desk2 mail1 25 5 errors=1 aborted=1
    did 'SMTP RSET' desk2 mail1 25 2
    did 'SMTP QUIT' desk2 mail1 25 1
    must_see 3 'frame contains "queued as"'
    must_see 1 'frame contains "552 5.3.4"'
    finish_case --shows smtp.conf --absent 'SMTP OTHER' <<'TXT'
Mails in chunks (BDAT, RFC 3030) from a small client in Python to Postfix, on one connection: one in
three chunks, each of which waits for its reply; one whose commands and three chunks are in one
segment; one with an empty last chunk, and the first chunk's line in a packet of its own; one that RSET
takes back before its last chunk (aborted); and one that is too large, which the server says in
its second chunk while the third one is on its way (one error). Each is one `SMTP MESSAGE`.
TXT
}
