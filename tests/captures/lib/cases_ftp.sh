# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of FTP's data connections.
# packages: vsftpd lftp

ftp_files_server() { # on mail1, for anonymous users
    local d=$work/ftp
    rm -rf "$d"
    mkdir -p "$d/root/in" /run/vsftpd/empty
    chown ftp "$d/root/in"
    head -c 20000 /dev/zero | tr '\0' 'f' >"$d/root/report.txt"
    printf 'a small file\n' >"$d/root/small.txt"
    printf '%s\n' listen=NO listen_ipv6=YES background=NO anonymous_enable=YES local_enable=NO write_enable=YES \
        anon_upload_enable=YES anon_other_write_enable=YES anon_root="$d/root" no_anon_password=YES \
        connect_from_port_20=YES pasv_min_port=40000 pasv_max_port=40100 seccomp_sandbox=NO \
        secure_chroot_dir=/run/vsftpd/empty xferlog_enable=NO delay_failed_login=0 >"$d/vsftpd.conf"
    background vsftpd mail1 vsftpd "$d/vsftpd.conf"
    until_true 10 on desk1 bash -c "exec 3<>/dev/tcp/${v4[mail1]}/21"
}

# What the client says that it has sent, and what it was told. curl does not say that it sends QUIT.
ftp_curl() { # HOST CURL ARGUMENTS...
    local host=$1
    shift
    on "$host" curl -sv --max-time 20 "$@" >/dev/null 2>>"$work/ftp-$host.log" || true
}
ftp_lftp() { # HOST SERVER COMMANDS
    # shellcheck disable=SC2016
    on "$1" lftp -d -c "set net:max-retries 1; set dns:order 'inet inet6'; set ftp:sync-mode yes; open ftp://$2; $3" \
        >/dev/null 2>>"$work/ftp-$1.log" || true
}
did_ftp() { # HOST[/6]
    local line
    while read -r line; do
        # shellcheck disable=SC2086
        did "FTP ${line%% *}" ${line#* }
    done < <(python3 - "$1" "$work/ftp-${1%/6}.log" <<'PY'
import collections, re, sys
host, log = sys.argv[1:]
server = "mail1" + host[host.find("/"):] * ("/" in host)
asked, errors, waiting = collections.Counter(), collections.Counter(), []
for line in open(log, errors="replace"):
    command = re.match(r"(?:>|--->) ([A-Z]+)", line)
    reply = re.match(r"(?:<|<---) ([2-5])\d\d ", line)
    if command:
        waiting.append(command[1])
        asked[command[1]] += 1
    elif reply:
        name = waiting.pop(0) if waiting else "CONNECT"
        asked["CONNECT"] += name == "CONNECT"
        errors[name] += reply[1] in "45"
for name, count in asked.items():
    print(name, host, server, 21, count, f"errors={errors[name]}")
PY
)
}

case_ftp_passive() {
    network_up; ftp_files_server
    local at="ftp://${v4[mail1]}" at6="ftp://[${v6[mail1]}]"
    rm -f "$work"/ftp-*.log
    start_case ftp_passive
    ftp_curl desk1 "$at/report.txt"
    ftp_curl desk1 --disable-epsv "$at/" "$at/small.txt"
    ftp_curl desk1 --disable-epsv "$at/missing.txt"
    ftp_curl desk1 -u nobody:secret "$at/"
    ftp_curl desk2 -g "$at6/small.txt" "$at6/"
    did_ftp desk1
    did_ftp desk2/6
    did 'FTP QUIT' desk1 mail1 21 3
    did 'FTP QUIT' desk2/6 mail1/6 21 1
    must_see 3 'ftp.response.code == 227'
    must_see 3 'ftp.response.code == 229'
    finish_case --shows ftp.conf --port 21=ftp_commands <<'TXT'
Data connections that the server announces (vsftpd, curl): EPSV and PASV over IPv4, EPSV over IPv6.
Files and lists; a file that is not there (550), a login that is refused (530).
TXT
}

case_ftp_active() {
    network_up; ftp_files_server
    local at="ftp://${v4[mail1]}" at6="ftp://[${v6[mail1]}]"
    rm -f "$work"/ftp-*.log
    start_case ftp_active
    ftp_curl desk1 --ftp-port - "$at/report.txt"
    ftp_curl desk1 --ftp-port - --disable-eprt "$at/" "$at/small.txt"
    printf 'up it goes\n%.0s' {1..300} | ftp_curl desk1 --ftp-port - --disable-eprt -T - "$at/in/new.txt"
    ftp_lftp desk2 "${v4[mail1]}" 'set ftp:passive-mode no; ls; get report.txt -o /dev/null; get none.txt -o /dev/null'
    did_ftp desk1
    did_ftp desk2
    did 'FTP QUIT' desk1 mail1 21 3
    finish_case --shows ftp.conf --port 21=ftp_commands <<'TXT'
Data connections that the client announces and the server opens from its port 20 (vsftpd, curl, lftp):
EPRT and PORT, a list, files in both directions, a file that is not there. `TCP SYNACK` of such a
connection stands under the server that has opened it, `FTP DATA` under the client.
TXT
}
