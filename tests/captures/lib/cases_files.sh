# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of file services and remote calls: SMB 2 and 3, ONC RPC, DCE/RPC, iSCSI.
# packages: tgt libiscsi-bin libiscsi-dev samba smbclient rpcbind nfs-ganesha nfs-ganesha-vfs libnfs-utils

v4[files1]=10.20.1.31 v6[files1]=fd00:20:1::31

# A host for the servers of this group, and a user that exists in this script's mount namespace only.
files_up() {
    network_up
    plug files1 servers
    if ! grep -q '^user1:' /etc/passwd; then
        { cat /etc/passwd; echo 'user1:x:6001:6001::/nonexistent:/usr/sbin/nologin'; } >"$work/etc/passwd"
        { cat /etc/group; echo 'user1:x:6001:'; } >"$work/etc/group"
        mount --bind "$work/etc/passwd" /etc/passwd
        mount --bind "$work/etc/group" /etc/group
        printf '%s capture files1\n' "${v4[files1]}" >>"$work/etc/hosts" # who looks itself up finds itself
    fi
}

# did_fields PREFIX CLIENT SERVER PORT FILTER FIELD VALUE=NAME...: what tshark counts as requests; each row is
# PREFIX NAME, or none when NAME is "-".
did_fields() {
    local prefix=$1 client=$2 server=$3 port=$4 filter=$5 field=$6 count value pair
    shift 6
    capture_sync
    while read -r count value; do
        local name=OTHER
        for pair in "$@"; do [[ ${pair%%=*} == "$value" ]] && name=${pair#*=}; done
        [[ $name != - ]] || continue
        [[ $name != "${one_more:-}" ]] || ((++count))
        did "$prefix $name" "$client" "$server" "$port" "$count"
    done < <(tshark -r "$work/$case_name.pcap" -Y "ip.src == ${v4[$client]} and ip.dst == ${v4[$server]} and $filter" \
        -T fields -e "$field" 2>/dev/null | tr ',' '\n' | sort | uniq -c)
}

smb_commands=(0=NEGOTIATE 1=SESSION_SETUP 2=LOGOFF 3=TREE_CONNECT 4=TREE_DISCONNECT 5=CREATE 6=CLOSE 7=FLUSH 8=READ
    9=WRITE 10=LOCK 11=IOCTL 13=ECHO 14=QUERY_DIRECTORY 15=CHANGE_NOTIFY 16=QUERY_INFO 17=SET_INFO 18=OPLOCK_BREAK)
did_smb2() { did_fields SMB2 "$1" files1 445 'smb2.flags.response == 0 and smb2.cmd != 12' smb2.cmd "${smb_commands[@]}"; }

smb_server() {
    local d=$work/smb
    rm -rf "$d"
    mkdir -p "$d"/{private,lock,state,cache,pid,ncalrpc,share}
    printf 'first line\nsecond line\n' >"$d/share/note.txt"
    head -c 20000 /dev/zero | tr '\0' 'r' >"$d/share/report.bin"
    chown -R user1 "$d/share"
    cat >"$d/smb.conf" <<CONF
[global]
    netbios name = FILES1
    workgroup = EXAMPLE
    server role = standalone server
    interfaces = ${v4[files1]}/24
    bind interfaces only = yes
    smb ports = 445 139
    disable netbios = no
    map to guest = never
    rpc start on demand helpers = no
    load printers = no
    printcap name = /dev/null
    disable spoolss = yes
    log level = 1
    log file = $d/log
    private dir = $d/private
    lock directory = $d/lock
    state directory = $d/state
    cache directory = $d/cache
    pid directory = $d/pid
    ncalrpc dir = $d/ncalrpc
    smb2 max read = 65536
    smb2 max write = 65536
[share]
    path = $d/share
    read only = no
[secure]
    path = $d/share
    read only = no
    server smb encrypt = required
CONF
    printf 'secret\nsecret\n' | on files1 smbpasswd -c "$d/smb.conf" -L -s -a user1 >"$work/smbpasswd.log" 2>&1
    background smbd files1 smbd --foreground --no-process-group --configfile="$d/smb.conf"
    until_true 15 on files1 smbclient -s "$d/smb.conf" -U user1%secret //"${v4[files1]}"/share -c 'ls'
}

# smb_on HOST USER%PASSWORD SHARE COMMANDS [ARGUMENTS...]
smb_on() {
    local host=$1 user=$2 share=$3 commands=$4
    shift 4
    on "$host" smbclient -s "$work/smb/smb.conf" "$@" -U "$user" //"${v4[files1]}"/"$share" -c "$commands" \
        >>"$work/smbclient-$host.log" 2>&1
}

case_smb2_files() {
    files_up
    smb_server
    start_case smb2_files
    cd "$work"
    head -c 30000 /dev/zero | tr '\0' 'u' >"$work/upload.bin"
    smb_on desk1 user1%secret share 'get note.txt got.txt; get report.bin got.bin; put upload.bin up.bin; mkdir d; ls; rm up.bin'
    smb_on desk1 user1%secret share 'get missing.txt got.txt' || true
    smb_on desk1 user1%wrong share 'ls' && return 1
    smb_on desk2 user1%secret share 'ls note.txt' -m NT1 --option='client min protocol=NT1' && return 1
    smb_on desk2 user1%secret share 'ls note.txt' --option='client min protocol=NT1'
    did_smb2 desk1
    one_more=NEGOTIATE did_smb2 desk2 # the SMB 1 one
    did 'TCP OTHER' desk2 files1 445 1
    must_see 3 'smb.cmd == 0x72'
    must_see 1 'smb2.cmd == 1 and smb2.nt_status == 0xc000006d'
    must_see 3 'smb2.cmd == 1 and smb2.nt_status == 0 and smb2.flags.response == 1'
    finish_case --shows smb2.conf <<'TXT'
smbclient and Samba: two files fetched, one stored and deleted, a directory made, a listing; then a
file that is not there (an error of CREATE), and a wrong password (an error of SESSION_SETUP).
desk2 speaks SMB 1 only and is refused; then it opens with an SMB 1 NEGOTIATE that offers SMB 2 too
and is answered in SMB 2.
TXT
}

case_smb2_notify() {
    files_up
    smb_server
    on files1 install -d -o user1 "$work/smb/share/inbox"
    start_case smb2_notify
    on desk2 timeout 2 smbclient -s "$work/smb/smb.conf" -U user1%secret //"${v4[files1]}"/share -c 'notify inbox' \
        >"$work/notify.log" 2>&1 &
    local waiting=$!
    sleep 1
    smb_on desk1 user1%secret share 'mkdir inbox\\new'
    wait $waiting || true
    did_smb2 desk1
    did_smb2 desk2
    must_see 2 'smb2.cmd == 15 and smb2.nt_status == 0x00000103'
    finish_case --shows smb2.conf <<'TXT'
CHANGE_NOTIFY: desk2 (`notify` of smbclient) waits for a change in a directory, which desk1 makes after
a second, and asks again; then it is ended. Each time the server says first that the answer is
pending. Counted, but without time samples.
TXT
}

case_smb2_encrypted() {
    files_up
    smb_server
    start_case smb2_encrypted
    cd "$work"
    smb_on desk1 user1%secret secure 'get report.bin got.bin; ls; get missing.txt got.txt' || true
    did_smb2 desk1
    did_fields SMB2 desk1 files1 445 'smb2.header.transform.signature' smb2.protocol_id
    finish_case --shows smb2.conf <<'TXT'
A share that asks for encryption (SMB 3.1.1): after the login all messages are encrypted, and only
their turns can be seen. They are `SMB2 OTHER`.
TXT
}

rpcbind_server() { # the list of RPC programs
    rm -rf /run/rpcbind* # of the case before
    background rpcbind files1 rpcbind -f -w
    until_true 10 on files1 rpcinfo -T tcp "${v4[files1]}" portmapper
}

nfs_server() {
    local d=$work/nfs
    rm -rf "$d"
    mkdir -p "$d/root"
    head -c 9000 /dev/zero | tr '\0' 'n' >"$d/root/plan.bin"
    cat >"$d/ganesha.conf" <<CONF
NFS_CORE_PARAM {
    Bind_addr = ${v4[files1]};
    Protocols = 3, 4;
    MNT_Port = 20048;
    NLM_Port = 32803;
    Enable_RQUOTA = false;
}
NFSv4 { RecoveryRoot = $d/recovery; Grace_Period = 5; Lease_Lifetime = 5; Graceless = true; }
EXPORT {
    Export_Id = 1;
    Path = $d/root;
    Pseudo = /plans;
    Access_Type = RW;
    Squash = None;
    SecType = sys;
    FSAL { Name = VFS; }
}
CONF
    mkdir -p "$d/recovery"
    background ganesha files1 ganesha.nfsd -F -f "$d/ganesha.conf" -L "$d/ganesha.log" -p "$d/ganesha.pid"
    until_true 20 on files1 nfs-ls "nfs://${v4[files1]}$d/root"
}

rpc_programs=(100000=PORTMAP 100003=NFS 100005=MOUNT 100021=NLM)

case_rpc_nfs() {
    files_up
    rpcbind_server
    nfs_server
    local share="nfs://${v4[files1]}$work/nfs/root"
    start_case rpc_nfs
    head -c 5000 /dev/zero | tr '\0' 'w' >"$work/new.bin"
    on desk1 nfs-ls "$share" >/dev/null
    on desk1 nfs-cat "$share/plan.bin" | cmp - "$work/nfs/root/plan.bin"
    on desk1 nfs-cp "$work/new.bin" "$share/new.bin" >/dev/null
    on desk1 nfs-cat "$share/missing.bin" >/dev/null 2>&1 && return 1
    on desk2 nfs-ls "nfs://${v4[files1]}/plans?version=4" >/dev/null
    on desk2 nfs-cat "nfs://${v4[files1]}/plans/plan.bin?version=4" | cmp - "$work/nfs/root/plan.bin"
    local port
    for port in 111 2049 20048; do
        did_fields RPC desk1 files1 $port "tcp.dstport == $port and rpc.msgtyp == 0" rpc.program "${rpc_programs[@]}"
    done
    did_fields RPC desk2 files1 2049 "rpc.msgtyp == 0" rpc.program "${rpc_programs[@]}"
    finish_case --shows rpc.conf <<'TXT'
NFS from nfs-ganesha with the tools of libnfs, over TCP. desk1 speaks NFSv3: it asks rpcbind for the
ports, mounts, and lists, reads, writes and misses a file (for ONC RPC that is no error); desk2
speaks NFSv4.
TXT
}

case_rpc_udp() {
    files_up
    rpcbind_server
    nfs_server
    start_case rpc_udp
    on desk1 rpcinfo -T udp "${v4[files1]}" mountd 3 >/dev/null
    on desk1 rpcinfo -T udp "${v4[files1]}" nfs 9 >"$work/rpcinfo.log" 2>&1 || true
    on desk2 rpcinfo -p "${v4[files1]}" >/dev/null
    on desk2 timeout -s KILL 20 rpcinfo -T udp "${v4[legacy1]}" nfs 3 >>"$work/rpcinfo.log" 2>&1 || true
    local port
    for port in 111 2049 20048; do
        did_fields RPC desk1 files1 $port "udp.dstport == $port and rpc.msgtyp == 0" rpc.program "${rpc_programs[@]}"
    done
    did_fields RPC desk2 files1 111 "rpc.msgtyp == 0" rpc.program "${rpc_programs[@]}"
    did 'RPC PORTMAP' desk2 legacy1 111 1 unanswered=1
    must_see 1 'rpc.state_accept == 2'
    must_see 2 "ip.dst == ${v4[legacy1]}"
    finish_case --shows rpc.conf <<'TXT'
rpcinfo over UDP: a program that is there, a version of NFS that is not (an error), and a host that is
switched off, which is asked with the same call twice: one transaction. desk2 lists the programs
over TCP.
TXT
}

# rpcclient calls over TCP what smbd's helpers offer.
dcerpc_server() {
    smb_server
    background dcerpcd files1 /usr/libexec/samba/samba-dcerpcd --foreground --no-process-group --libexec-rpcds \
        --configfile="$work/smb/smb.conf"
    until_true 15 rpc_on files1 '' netshareenum
}
rpc_on() { # HOST "[seal]" or "" COMMANDS
    on "$1" rpcclient -s "$work/smb/smb.conf" -U user1%secret "ncacn_ip_tcp:${v4[files1]}$2" -c "$3" \
        >>"$work/rpcclient.log" 2>&1
}

case_dcerpc() {
    files_up
    dcerpc_server
    start_case dcerpc
    rpc_on desk1 '' netshareenum
    rpc_on desk1 '[seal]' enumdomusers
    rpc_on desk1 '' getusername && return 1
    rpc_on desk2 '[seal]' 'lookupdomain EXAMPLE' && return 1
    capture_sync
    local host port ports=()
    for port in $(tshark -r "$work/$case_name.pcap" -Y 'dcerpc.pkt_type == 11' -T fields -e tcp.dstport | sort -u); do
        for host in desk1 desk2; do
            did_fields DCERPC $host files1 "$port" "tcp.dstport == $port and dcerpc" dcerpc.pkt_type 0=REQUEST 11=BIND 16=-
        done
        ports+=(--port "$port=dcerpc")
    done
    must_see 1 'dcerpc.pkt_type == 3'
    finish_case "${ports[@]}" --shows dcerpc.conf <<'TXT'
rpcclient and Samba over TCP: each call asks the endpoint mapper on port 135 for a port, binds there
and calls. Two connections are signed and sealed (with an AUTH3, which has no answer); a call without
the rights that it needs gets a fault, an error.
TXT
}

iscsi_target=iqn.2024-01.net.example:disk
iscsi_server() {
    mkdir -p /run/tgtd "$work/disk"
    head -c 1000000 /dev/zero >"$work/disk/image"
    background tgtd files1 tgtd -f -C 7 --iscsi "portal=${v4[files1]}:3260"
    local admin=(on files1 tgtadm -C 7 --lld iscsi)
    until_true 10 "${admin[@]}" --op new --mode target --tid 1 -T $iscsi_target
    until_true 10 "${admin[@]}" --op new --mode logicalunit --tid 1 --lun 1 -b "$work/disk/image"
    "${admin[@]}" --op bind --mode target --tid 1 -I ALL
    gcc -Wall -O1 -o "$work/iscsi_client" "$lib/iscsi_client.c" -liscsi
}

case_iscsi() {
    files_up
    iscsi_server
    start_case iscsi
    on desk1 iscsi-ls -s "iscsi://${v4[files1]}" >/dev/null
    on desk1 "$work/iscsi_client" "${v4[files1]}:3260" $iscsi_target plain
    on desk2 "$work/iscsi_client" "${v4[files1]}:3260" $iscsi_target eager
    on desk1 iscsi-inq "iscsi://${v4[files1]}/iqn.2024-01.net.example:other/1" >/dev/null 2>&1 && return 1
    capture_sync
    local host commands kinds=(0x00=NOP 0x02=TASK 0x03=LOGIN 0x04=TEXT 0x05=- 0x06=LOGOUT 0x01=-)
    for host in desk1 desk2; do
        did_fields ISCSI $host files1 3260 'iscsi and tcp.dstport == 3260' iscsi.opcode "${kinds[@]}"
        did 'ISCSI SCSI_READ' $host files1 3260 7 errors=1
        did 'ISCSI SCSI_WRITE' $host files1 3260 3
        commands=$(tshark -r "$work/$case_name.pcap" -Y "ip.src == ${v4[$host]} and iscsi" -T fields -e iscsi.opcode 2>/dev/null |
            tr ',' '\n' | grep -c '^0x01$')
        did 'ISCSI SCSI_OTHER' $host files1 3260 $((commands - 10))
    done
    must_see 1 'iscsi.login.status == 0x0203'
    finish_case --shows iscsi.conf <<'TXT'
A disk of the Linux target daemon, and libiscsi: a list of the disks, writes and reads of up to 32 kB, a read
behind the end (an error), three reads at once, a ping. desk1 waits for "ready to transfer" with the
data of its writes, desk2 sends them at once. At the end a login to a target that is not there (an
error). A disk's first answer to each login is a "unit attention", which is an error too.
TXT
}
