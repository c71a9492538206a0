# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of FTP, POP3, IMAP, SSH and IRC.
# packages: vsftpd lftp dovecot-imapd dovecot-pop3d openssh-server openssh-client ngircd

v4[office1]=10.20.1.35 v6[office1]=fd00:20:1::35

# A host for the servers of this group, and users that exist in this script's mount namespace only.
office_up() {
    local d=$work/office f
    network_up
    plug office1 servers
    rm -rf "$d"
    mkdir -p "$d/home/user1" /run/sshd
    if ! grep -q ':6011:' /etc/passwd; then
        { grep -v '^\(user1\|ftp\):' /etc/passwd; echo "user1:x:6011:6011::$d/home/user1:/bin/sh"
            echo "ftp:x:6012:6012::$d/ftp:/usr/sbin/nologin"; } >"$work/etc/passwd.office"
        { grep -v '^user1:' /etc/group; echo 'user1:x:6011:'; } >"$work/etc/group.office"
        { grep -v '^user1:' /etc/shadow; echo "user1:$(openssl passwd -6 secret):19000::::::"; } >"$work/etc/shadow.office"
        chmod 600 "$work/etc/shadow.office"
        for f in passwd group shadow; do mount --bind "$work/etc/$f.office" "/etc/$f"; done
        printf '%s office1.example.net office1\n' "${v4[office1]}" >>"$work/etc/hosts"
    fi
    openssl req -x509 -newkey rsa:2048 -nodes -days 7 -subj /CN=office1.example.net -keyout "$d/key.pem" \
        -out "$d/cert.pem" 2>/dev/null
}

office_client() { on "$1" python3 "$lib/office_client.py" "$2" "${v4[office1]}"; }
quietly() { "$@" >/dev/null 2>&1 || true; }

# did_words PREFIX CLIENT PORT FILTER FIELD WORD...: what tshark counts as requests, under their own names.
did_words() {
    local prefix=$1 client=$2 port=$3 filter=$4 field=$5 count word
    shift 5
    capture_sync
    while read -r count word; do
        did "$prefix $word" "$client" office1 "$port" "$count"
    done < <(tshark -r "$work/$case_name.pcap" -Y "ip.src == ${v4[$client]} and ip.dst == ${v4[office1]} and $filter" \
        -T fields -e "$field" 2>/dev/null | tr ',a-z' '\nA-Z' | python3 -c '
import collections, sys
words = [w.strip("\xff\xf4\xf2") for w in sys.stdin.read().split()]
for w, n in collections.Counter(w if w in sys.argv[1:] else "OTHER" for w in words).items(): print(n, w)' "$@")
}

ftp_server() { # [TLS: YES or NO]
    local d=$work/office
    mkdir -p "$d/ftp" "$d/empty"
    printf 'first line\nsecond line\n' >"$d/ftp/note.txt"
    head -c 20000 /dev/zero | tr '\0' 'r' >"$d/ftp/report.bin"
    head -c 9000000 /dev/zero | tr '\0' 'b' >"$d/ftp/big.bin"
    cp "$d/ftp/note.txt" "$d/ftp/report.bin" "$d/home/user1/"
    chown -R user1 "$d/home/user1"
    printf 'auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n' >"$work/etc/pam-vsftpd"
    mount --bind "$work/etc/pam-vsftpd" /etc/pam.d/vsftpd
    cat >"$d/vsftpd.conf" <<CONF
listen=YES
listen_address=${v4[office1]}
background=NO
anonymous_enable=YES
anon_root=$d/ftp
local_enable=YES
write_enable=YES
secure_chroot_dir=$d/empty
seccomp_sandbox=NO
async_abor_enable=YES
ssl_enable=${1:-NO}
rsa_cert_file=$d/cert.pem
rsa_private_key_file=$d/key.pem
force_local_data_ssl=NO
force_local_logins_ssl=NO
require_ssl_reuse=NO
pam_service_name=vsftpd
CONF
    background vsftpd office1 vsftpd "$d/vsftpd.conf"
    until_true 10 on office1 bash -c "exec 3<>/dev/tcp/${v4[office1]}/21"
}

ftp_words=(USER PASS ACCT CWD CDUP QUIT PORT PASV TYPE RETR STOR STOU APPE REST RNFR RNTO ABOR DELE RMD MKD PWD LIST NLST SITE
    SYST STAT HELP NOOP AUTH PROT PBSZ FEAT OPTS EPRT EPSV MDTM SIZE MODE STRU ALLO)

case_ftp_session() {
    office_up; ftp_server
    start_case ftp_session -i servers tcp port 21 and
    quietly on desk1 curl -s "ftp://${v4[office1]}/" "ftp://${v4[office1]}/note.txt" "ftp://${v4[office1]}/none.txt"
    quietly on desk1 curl -s -u user1:wrong "ftp://${v4[office1]}/"
    quietly on desk1 curl -s -u user1:secret -T "$work/office/cert.pem" "ftp://${v4[office1]}/sent.pem" -Q '-RNFR sent.pem' \
        -Q '-RNTO kept.pem'
    quietly on desk1 lftp -u user1,secret -e 'set ftp:ssl-allow no; mkdir a; cd a; ls; rm nothing; cd ..; rmdir a; bye' \
        "ftp://${v4[office1]}"
    office_client desk2 ftp-odd
    did 'FTP CONNECT' desk1 office1 21 4
    did 'FTP CONNECT' desk2 office1 21 1
    did_words FTP desk1 21 ftp.request ftp.request.command "${ftp_words[@]}"
    for c in USER PASS TYPE CWD OTHER PWD SIZE PASV RETR ABOR STAT QUIT; do did "FTP $c" desk2 office1 21 1; done
    finish_case --shows ftp.conf <<'TXT'
Control connections to vsftpd; their data connections were not captured. desk1: curl lists a
directory, fetches a file and one that is not there (550), fails to log in (530), sends a file and
renames it; lftp makes, lists and removes a directory. desk2, a small client in Python: five commands
in one segment, two of them refused, a RETR that ABOR ends (with telnet's marks in front of it), STAT
with a reply of many lines.
TXT
}

case_ftp_tls() {
    office_up; ftp_server YES
    start_case ftp_tls -i servers tcp port 21 and
    quietly on desk1 curl -s -k --ssl-reqd -u user1:secret "ftp://${v4[office1]}/note.txt"
    for c in CONNECT AUTH; do did "FTP $c" desk1 office1 21 1; done
    did 'TLS HANDSHAKE' desk1 office1 21 1
    finish_case --open 'TLS DATA' --absent 'FTP USER' --absent 'FTP OTHER' <<'TXT'
curl `--ssl-reqd` and vsftpd with a self-signed certificate: after AUTH the control connection is TLS.
TXT
}

mail_store() { # dovecot: POP3 and IMAP
    local d=$work/office
    mkdir -p "$d/dovecot"
    cat >"$d/dovecot.conf" <<CONF
base_dir = $d/dovecot
log_path = /dev/stdout
protocols = imap pop3
listen = ${v4[office1]}
ssl = yes
ssl_cert = <$d/cert.pem
ssl_key = <$d/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login
mail_location = maildir:$d/mail/%u
first_valid_uid = 100
default_internal_user = dovecot
service imap-login {
  chroot =
  inet_listener imaps {
    port = 0
  }
}
service pop3-login {
  chroot =
  inet_listener pop3s {
    port = 0
  }
}
passdb {
  driver = static
  args = user=user1 password=secret
}
userdb {
  driver = static
  args = uid=6011 gid=6011 home=$d/mail
}
CONF
    mkdir -p "$d/mail/user1/new" "$d/mail/user1/cur" "$d/mail/user1/tmp"
    local i
    for i in 1 2; do letter "mail $i" $((i * 30)) >"$d/mail/user1/new/170000000$i.a.office1"; done
    chown -R user1 "$d/mail"
    background dovecot office1 dovecot -F -c "$d/dovecot.conf"
    until_true 10 on office1 bash -c "exec 3<>/dev/tcp/${v4[office1]}/143"
    until_true 10 on office1 bash -c "exec 3<>/dev/tcp/${v4[office1]}/110"
}

case_pop3_session() {
    office_up; mail_store
    start_case pop3_session
    quietly on desk1 curl -s -u user1:secret "pop3://${v4[office1]}/"
    quietly on desk1 curl -s -u user1:secret --login-options AUTH=LOGIN "pop3://${v4[office1]}/1"
    office_client desk1 pop3
    office_client desk2 pop3-pipelined
    did 'POP3 CONNECT' desk1 office1 110 4
    did 'POP3 CONNECT' desk2 office1 110 1
    local words="USER PASS STAT LIST RETR DELE UIDL TOP CAPA AUTH NOOP RSET QUIT"
    # shellcheck disable=SC2086  # several words; what is none of them belongs to a dialogue
    did_words POP3 desk1 110 "pop.request.command in {\"${words// /\",\"}\"}" pop.request.command $words
    for c in AUTH STAT NOOP QUIT; do did "POP3 $c" desk2 office1 110 1; done
    for c in LIST RETR; do did "POP3 $c" desk2 office1 110 2; done
    finish_case --shows pop3.conf <<'TXT'
POP3 with dovecot. desk1: curl (AUTH PLAIN, and AUTH LOGIN as a dialogue), then Python's poplib: a
wrong password, LIST and UIDL with and without a number, TOP, RETR, and messages that are not there.
desk2: AUTH PLAIN as a dialogue, then six commands in one segment, one of them refused.
TXT
}

case_pop3_tls() {
    office_up; mail_store
    start_case pop3_tls
    quietly on desk1 curl -s -k --ssl-reqd -u user1:secret "pop3://${v4[office1]}/1"
    for c in CONNECT CAPA STLS; do did "POP3 $c" desk1 office1 110 1; done
    did 'TLS HANDSHAKE' desk1 office1 110 1
    finish_case --open 'TLS DATA' --absent 'POP3 RETR' --absent 'POP3 OTHER' <<'TXT'
curl `--ssl-reqd` and dovecot with a self-signed certificate: after STLS the connection is TLS.
TXT
}

case_imap_session() {
    office_up; mail_store
    start_case imap_session
    quietly on desk1 curl -s -u user1:secret "imap://${v4[office1]}/"
    quietly on desk1 curl -s -u user1:secret "imap://${v4[office1]}/INBOX;MAILINDEX=1"
    office_client desk1 imap
    office_client desk2 imap-odd
    office_client desk2 imap-idle
    did 'IMAP CONNECT' desk1 office1 143 3
    did 'IMAP CONNECT' desk2 office1 143 3
    did_imap desk1
    did_imap desk2
    finish_case --shows imap.conf <<'TXT'
IMAP with dovecot. desk1: curl lists mailboxes and fetches a mail; Python's imaplib fails to log in,
then creates a mailbox, appends a mail (a literal that the server asks for), finds, fetches, changes
and removes it, and selects a mailbox that is not there. desk2: AUTHENTICATE as a dialogue, three
commands in one segment, literals that are refused, asked for and sent at once, an unknown command
(BAD); then IDLE, while a second connection brings a mail.
TXT
}

# What the clients said, by a look at the bytes: tag, an optional UID, command.
did_imap() {
    local count word
    capture_sync
    while read -r count word; do did "IMAP $word" "$1" office1 143 "$count"; done < <(
        tshark -r "$work/$case_name.pcap" -Y "ip.src == ${v4[$1]} and tcp.dstport == 143 and tcp.len > 0" -T fields \
            -e tcp.payload 2>/dev/null | python3 -c '
import collections, re, sys
found = collections.Counter()
for line in sys.stdin:
    for m in re.finditer(rb"(?m)^[A-Za-z]*\d+ (?:UID )?([A-Z]+)[ \r]", bytes.fromhex(line.strip())):
        word = m.group(1).decode()
        found["OTHER" if word == "FROBNICATE" else word] += 1
for word, n in found.items(): print(n, word)')
}

case_imap_tls() {
    office_up; mail_store
    start_case imap_tls
    quietly on desk1 curl -s -k --ssl-reqd -u user1:secret "imap://${v4[office1]}/INBOX;MAILINDEX=1"
    for c in CONNECT CAPABILITY STARTTLS; do did "IMAP $c" desk1 office1 143 1; done
    did 'TLS HANDSHAKE' desk1 office1 143 1
    finish_case --open 'TLS DATA' --absent 'IMAP FETCH' --absent 'IMAP OTHER' <<'TXT'
curl `--ssl-reqd` and dovecot with a self-signed certificate: after STARTTLS the connection is TLS.
TXT
}

case_ssh() {
    local d=$work/office
    office_up
    ssh-keygen -q -t ed25519 -N '' -f "$d/host" && ssh-keygen -q -t ed25519 -N '' -f "$d/user"
    mkdir -p "$d/home/user1/.ssh" "$work/home/.ssh"
    cp "$d/user.pub" "$d/home/user1/.ssh/authorized_keys"
    chown -R user1 "$d/home/user1"
    background sshd office1 /usr/sbin/sshd -D -e -f /dev/null -h "$d/host" -o ListenAddress="${v4[office1]}" -o UsePAM=no \
        -o StrictModes=no -o PidFile=none -o PasswordAuthentication=no
    until_true 10 on office1 bash -c "exec 3<>/dev/tcp/${v4[office1]}/22"
    start_case ssh
    local known="-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -F /dev/null"
    # shellcheck disable=SC2086  # several words
    quietly on desk1 ssh $known -i "$d/user" "user1@${v4[office1]}" 'echo hello; ls'
    # shellcheck disable=SC2086
    quietly on desk1 ssh $known -i "$d/host" "user1@${v4[office1]}" true
    office_client desk2 ssh
    did 'SSH HANDSHAKE' desk1 office1 22 2
    did 'SSH HANDSHAKE' desk2 office1 22 1
    finish_case --shows ssh.conf <<'TXT'
OpenSSH: a command over ssh, a login that is refused, and (desk2) a client that waits for the server's
version before it says its own, so that the handshake of TCP is what the server answers.
TXT
}

case_irc() {
    office_up
    cat >"$work/office/ngircd.conf" <<CONF
[Global]
Name = irc.example.net
Info = Office chat
AdminEMail = user1@example.net
Listen = ${v4[office1]}
Ports = 6667
MotdPhrase = "Be kind"
ServerUID = user1
ServerGID = user1
[Options]
DNS = no
Ident = no
PAM = no
ChrootDir =
CONF
    background ngircd office1 ngircd --nodaemon --config "$work/office/ngircd.conf"
    until_true 10 on office1 bash -c "exec 3<>/dev/tcp/${v4[office1]}/6667"
    start_case irc
    office_client desk1 irc
    did 'IRC NICK' desk1 office1 6667 3 errors=1
    did 'IRC USER' desk1 office1 6667 2
    for c in CAP PING MOTD LUSERS VERSION LIST NAMES MODE WHO ISON AWAY; do did "IRC $c" desk1 office1 6667 1; done
    for c in TOPIC PART QUIT; do did "IRC $c" desk1 office1 6667 2; done
    did 'IRC WHOIS' desk1 office1 6667 2 errors=1
    did 'IRC JOIN' desk1 office1 6667 3 errors=1
    did 'IRC OTHER' desk1 office1 6667 1 errors=1
    finish_case --shows irc.conf <<'TXT'
Two users on ngircd, from small clients in Python: they register, one with a name that is taken
already (433), look around, join a channel, talk (PRIVMSG: packets only), leave. A channel and a user
that do not exist, and a command that nobody knows, are errors.
TXT
}
