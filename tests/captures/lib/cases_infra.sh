# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034,SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of what keeps a network running: addresses, time, logins, directories, tunnels.
# packages: snmp snmpd snmptrapd chrony ntpsec-ntpdig freeradius freeradius-utils slapd ldap-utils
# packages: strongswan-charon libstrongswan-standard-plugins strongswan-swanctl isc-dhcp-client tftp-hpa tftpd-hpa krb5-kdc krb5-user krb5-admin-server coturn wireguard-go wireguard-tools

v4[auth1]=10.20.1.32 v6[auth1]=fd00:20:1::32

infra_up() {
    network_up
    plug auth1 servers
    rm -rf "$work/infra"
    mkdir -p "$work/infra"
}

# ---- SNMP
snmp_server() {
    local d=$work/infra
    cat >"$d/snmpd.conf" <<CONF
rocommunity office
createUser user3 SHA secret-three AES secret-three
createUser user4 SHA secret-four
rouser user3 priv
rouser user4 auth
sysLocation rack 4
CONF
    echo 'disableAuthorization yes' >"$d/trapd.conf"
    background snmpd auth1 env SNMP_PERSISTENT_DIR="$d" snmpd -f -Lo -C -c "$d/snmpd.conf" -I -smux -x "$d/agentx" \
        "udp:${v4[auth1]}:161"
    background snmptrapd auth1 env SNMP_PERSISTENT_DIR="$d/trap" snmptrapd -n -f -Lo -C -c "$d/trapd.conf" -x "$d/agentx2" \
        "udp:${v4[auth1]}:162"
    until_true 10 on auth1 snmpget -m '' -v2c -c office -r0 -t1 "${v4[auth1]}" 1.3.6.1.2.1.1.5.0
}

snmp_on() { # HOST PROGRAM ARGUMENTS...
    local host=$1 program=$2
    shift 2
    on "$host" env SNMP_PERSISTENT_DIR="$work/infra/$host" "$program" -m '' "$@" >/dev/null 2>&1 || true
}

case_snmp() {
    infra_up; snmp_server
    start_case snmp -i servers 'not port 53 and'
    local at=${v4[auth1]} system=1.3.6.1.2.1.1
    snmp_on desk1 snmpget -v1 -c office "$at" $system.1.0
    snmp_on desk1 snmpget -v1 -c office "$at" $system.99.0                  # there is no such thing
    snmp_on desk1 snmpget -v2c -c office -r 1 -t 1 "$at" $system.1.0 $system.5.0
    snmp_on desk1 snmpgetnext -v2c -c office "$at" $system.1
    snmp_on desk1 snmpbulkget -v2c -c office "$at" $system
    snmp_on desk1 snmpset -v2c -c office "$at" $system.6.0 s nowhere        # not allowed
    snmp_on desk1 snmpget -v2c -c nobody -r 1 -t 1 "$at" $system.1.0        # not answered, twice
    snmp_on desk1 snmptrap -v1 -c office "$at" 1.3.6.1.4.1.8072 "$at" 6 17 ''
    snmp_on desk1 snmptrap -v2c -c office "$at" '' 1.3.6.1.6.3.1.1.5.3
    snmp_on desk1 snmpinform -v2c -c office "$at" '' 1.3.6.1.6.3.1.1.5.4
    snmp_on desk2 snmpget -v3 -l authNoPriv -u user4 -a SHA -A secret-four "$at" $system.1.0
    snmp_on desk2 snmpget -v3 -l authPriv -u user3 -a SHA -A secret-three -x AES -X secret-three "$at" $system.1.0
    did 'SNMP GET' desk1 auth1 161 4 errors=1
    did 'SNMP GETNEXT' desk1 auth1 161 1
    did 'SNMP GETBULK' desk1 auth1 161 1
    did 'SNMP SET' desk1 auth1 161 1 errors=1
    did 'SNMP INFORM' desk1 auth1 162 1
    did 'SNMP GET' desk2 auth1 161 1
    did 'SNMP OTHER' desk2 auth1 161 3
    must_see 2 'udp.port == 162 and (snmp.trap_element or snmp.snmpV2_trap_element)'
    finish_case --shows snmp.conf <<'TXT'
snmpd and the tools of Net-SNMP. desk1: versions 1 and 2c, something that is not there (an error), a
SET that is not allowed (an error), a wrong community (sent twice, not answered: one transaction), two
traps (packets only) and an INFORM. desk2: version 3, signed (readable) and encrypted (OTHER); before
each the client asks for the engine's name, which a report answers (OTHER).
TXT
}

# ---- NTP
case_ntp() {
    infra_up
    local d=$work/infra
    printf 'local stratum 8\nallow\ncmdport 0\nbindaddress %s\npidfile %s/pid\n' "${v4[auth1]}" "$d" >"$d/chrony.conf"
    background chronyd auth1 chronyd -d -x -u root -f "$d/chrony.conf"
    until_true 15 on auth1 ntpdig -t 1 "${v4[auth1]}"
    start_case ntp -i servers 'not port 53 and'
    printf 'server %s iburst minpoll 2 maxpoll 2\ncmdport 0\npidfile %s/pid2\n' "${v4[auth1]}" "$d" >"$d/client.conf"
    on desk1 timeout 20 chronyd -Q -x -u root -t 10 -f "$d/client.conf" >/dev/null 2>&1 || true
    on desk2 ntpdig -t 2 "${v4[auth1]}" >/dev/null 2>&1 || true
    on desk2 ntpdig -t 1 "${v4[web1]}" >/dev/null 2>&1 || true
    capture_sync
    did NTP desk1 auth1 123 "$(tshark -r "$work/ntp.pcap" -Y "ip.src == ${v4[desk1]} and ntp.flags.mode == 3" 2>/dev/null | wc -l)"
    did NTP desk2 auth1 123 1
    did NTP desk2 web1 123 1 refused=1
    finish_case --shows ntp.conf <<'TXT'
chronyd as server. desk1: chronyd as client, a burst; desk2: ntpdig, once with success, once towards a
host on which nobody keeps the time (refused).
TXT
}

# ---- RADIUS
radius_server() {
    local d=$work/infra
    cat >"$d/users" <<'CONF'
user1 Cleartext-Password := "secret1"
user2 Cleartext-Password := "secret2"
CONF
    cat >"$d/radiusd.conf" <<CONF
name = freeradius
logdir = $d
run_dir = $d
libdir = /usr/lib/freeradius
pidfile = $d/pid
log { destination = stdout }
security { status_server = yes
    reject_delay = 1 }
thread pool { start_servers = 1
    max_servers = 2
    min_spare_servers = 1
    max_spare_servers = 1 }
modules {
    pap { }
    files { usersfile = $d/users }
    always ok { rcode = ok }
    always handled { rcode = handled }
}
client desk1 { ipaddr = ${v4[desk1]}
    secret = testing }
client self { ipaddr = ${v4[auth1]}
    secret = testing }
server default {
    listen { type = auth
        ipaddr = ${v4[auth1]}
        port = 1812 }
    listen { type = acct
        ipaddr = ${v4[auth1]}
        port = 1813 }
    authorize {
        if (&User-Name == "user2" && !&State) {
            update reply { &State := 0x1234
                &Reply-Message := "Number on your key?" }
            update control { &Response-Packet-Type := Access-Challenge }
            handled
        }
        files
        pap
    }
    authenticate {
        Auth-Type PAP {
            pap
        }
    }
    preacct {
        ok
    }
    accounting {
        ok
    }
}
CONF
    background freeradius auth1 freeradius -f -l stdout -d "$d" -D /usr/share/freeradius -n radiusd
    until_true 15 on auth1 sh -c "echo User-Name=user1,User-Password=secret1 | radclient -r 1 -t 1 ${v4[auth1]}:1812 auth testing"
}

radius_on() { # HOST ATTRIBUTES KIND PORT
    echo "$2" | on "$1" radclient -r 2 -t 2 "${v4[auth1]}:$4" "$3" testing >/dev/null 2>&1 || true
}

case_radius() {
    infra_up; radius_server
    start_case radius -i servers 'not port 53 and'
    radius_on desk1 'User-Name=user1,User-Password=secret1' auth 1812
    radius_on desk1 'User-Name=user1,User-Password=wrong' auth 1812
    radius_on desk1 'User-Name=user2,User-Password=secret2' auth 1812
    radius_on desk1 'User-Name=user2,User-Password=secret2,State=0x1234' auth 1812
    radius_on desk1 'User-Name=user1,Acct-Status-Type=Start,Acct-Session-Id=1' acct 1813
    radius_on desk1 'User-Name=user1,Acct-Status-Type=Stop,Acct-Session-Id=1' acct 1813
    radius_on desk1 'Message-Authenticator=0x00' status 1812
    radius_on desk2 'User-Name=user1,User-Password=secret1' auth 1812
    did 'RADIUS ACCESS' desk1 auth1 1812 4
    did 'RADIUS ACCOUNTING' desk1 auth1 1813 2
    did 'RADIUS OTHER' desk1 auth1 1812 1
    did 'RADIUS ACCESS' desk2 auth1 1812 1 unanswered=1
    finish_case --shows radius.conf <<'TXT'
FreeRADIUS and radclient. desk1 is let in, refused (after a second: the server waits before it says
no), asked for more (a challenge) and then let in; it reports the beginning and the end of a session,
and asks whether the server is there (OTHER). desk2 is unknown to the server: it asks twice and gets no
answer, which is one transaction.
TXT
}

# ---- LDAP
ldap_server() {
    local d=$work/infra n
    mkdir -p "$d/db"
    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=auth1.example.net -days 3650 -keyout "$d/key.pem" -out "$d/cert.pem" 2>/dev/null
    cat >"$d/slapd.conf" <<CONF
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile $d/pid
TLSCertificateFile $d/cert.pem
TLSCertificateKeyFile $d/key.pem
database mdb
maxsize 10485760
suffix "dc=example,dc=net"
rootdn "cn=admin,dc=example,dc=net"
rootpw secret
directory $d/db
CONF
    {
        printf 'dn: dc=example,dc=net\nobjectClass: dcObject\nobjectClass: organization\no: Office\ndc: example\n\n'
        for n in $(seq 20); do
            printf 'dn: cn=person%s,dc=example,dc=net\nobjectClass: inetOrgPerson\ncn: person%s\nsn: number %s\n\n' "$n" "$n" "$n"
        done
    } >"$d/all.ldif"
    slapadd -f "$d/slapd.conf" -l "$d/all.ldif" >"$work/slapadd.log" 2>&1
    background slapd auth1 slapd -d 0 -h "ldap://${v4[auth1]}:389" -f "$d/slapd.conf"
    until_true 15 on auth1 ldapsearch -x -H "ldap://${v4[auth1]}" -b '' -s base
}

ldap_on() { # HOST PROGRAM ARGUMENTS...
    local host=$1 program=$2
    shift 2
    on "$host" env LDAPTLS_REQCERT=never "$program" -x -H "ldap://${v4[auth1]}" "$@" >/dev/null 2>&1 || true
}

case_ldap() {
    infra_up; ldap_server
    start_case ldap -i servers 'not port 53 and'
    local admin=(-D cn=admin,dc=example,dc=net -w secret) base=dc=example,dc=net
    ldap_on desk1 ldapsearch -b $base '(sn=number*)'
    ldap_on desk1 ldapsearch -b $base '(cn=nobody)'
    ldap_on desk1 ldapsearch -b dc=elsewhere,dc=net '(cn=nobody)'                       # an error
    ldap_on desk1 ldapwhoami -D cn=admin,dc=example,dc=net -w wrong                     # an error
    ldap_on desk1 ldapwhoami "${admin[@]}"
    printf 'dn: cn=new,%s\nobjectClass: inetOrgPerson\ncn: new\nsn: new\n' $base | ldap_on desk1 ldapadd "${admin[@]}"
    printf 'dn: cn=new,%s\nchangetype: modify\nreplace: sn\nsn: other\n' $base | ldap_on desk1 ldapmodify "${admin[@]}"
    ldap_on desk1 ldapcompare "${admin[@]}" "cn=new,$base" sn:other
    ldap_on desk1 ldapmodrdn "${admin[@]}" "cn=new,$base" cn=newer
    ldap_on desk1 ldapdelete "${admin[@]}" "cn=newer,$base"
    ldap_on desk1 ldapdelete "${admin[@]}" "cn=newer,$base"                             # an error
    ldap_on desk2 ldapsearch -ZZ -b $base '(cn=person1)'
    did 'LDAP BIND' desk1 auth1 389 11 errors=1
    did 'LDAP SEARCH' desk1 auth1 389 3 errors=1
    did 'LDAP EXTENDED' desk1 auth1 389 1
    did 'LDAP ADD' desk1 auth1 389 1
    did 'LDAP MODIFY' desk1 auth1 389 1
    did 'LDAP COMPARE' desk1 auth1 389 1
    did 'LDAP OTHER' desk1 auth1 389 1
    did 'LDAP DELETE' desk1 auth1 389 2 errors=1
    did 'LDAP EXTENDED' desk2 auth1 389 1
    did 'TLS HANDSHAKE' desk2 auth1 389 1
    finish_case --shows ldap.conf --open 'TLS HANDSHAKE' --open 'TLS DATA' --open 'TCP OTHER' <<'TXT'
slapd and the tools of OpenLDAP. desk1: a login without a name or as the administrator before
everything, searches with twenty entries, none, and where there is nothing (an error), a wrong password
(an error), "who am I" (EXTENDED), then an entry is added, changed, compared (true is no error),
renamed (OTHER), deleted, and deleted once more (an error). desk2: StartTLS (EXTENDED), then TLS.
TXT
}

# ---- DHCP
case_dhcp() {
    infra_up
    local d=$work/infra
    background dhcpd desk2 dnsmasq --no-daemon --conf-file=/dev/null --port=0 --user=root --interface=eth0 --bind-interfaces \
        --dhcp-authoritative --dhcp-leasefile="$d/leases" --dhcp-range=10.20.0.100,10.20.0.150,1h \
        --dhcp-range=fd00:20::100,fd00:20::1ff,64,1h
    sleep 1
    start_case dhcp -i clients 'not icmp and'
    cat >"$d/old" <<'CONF'
lease { interface "eth0"; fixed-address 192.168.77.5; option subnet-mask 255.255.255.0; option dhcp-lease-time 3600;
  renew 4 2037/01/01 00:00:00; rebind 4 2037/01/01 00:00:00; expire 4 2037/01/01 00:00:00; }
CONF
    printf 'send host-name "desk1";\n' >"$d/client.conf"
    local client=(timeout 20 dhclient -1 -sf /bin/true -cf "$d/client.conf")
    on desk1 "${client[@]}" -lf "$d/fresh" -pf "$d/p1" eth0 >/dev/null 2>&1 || true
    on desk1 dhclient -r -sf /bin/true -cf "$d/client.conf" -lf "$d/fresh" -pf "$d/p1" eth0 >/dev/null 2>&1 || true
    on desk1 "${client[@]}" -lf "$d/old" -pf "$d/p2" eth0 >/dev/null 2>&1 || true
    on desk1 "${client[@]}" -6 -lf "$d/six" -pf "$d/p3" eth0 >/dev/null 2>&1 || true
    capture_sync
    local p
    for p in "$d"/p?; do kill "$(cat "$p")" 2>/dev/null || true; done
    declared+=(--declare "DHCP DISCOVER|0.0.0.0|10.20.0.12|67|2")
    declared+=(--declare "DHCP REQUEST|0.0.0.0|10.20.0.12|67|3|errors=1")
    declared+=(--declare "DHCPv6 SOLICIT|fe80::ff:fe20:11|fe80::ff:fe20:12|547|1")
    declared+=(--declare "DHCPv6 REQUEST|fe80::ff:fe20:11|fe80::ff:fe20:12|547|1")
    must_see 1 'dhcp.option.dhcp == 7'
    finish_case --shows dhcp.conf --no-sums <<'TXT'
dnsmasq and ISC's client, seen in the clients' network. DHCP: a lease from the start (DISCOVER,
REQUEST), which is given back (RELEASE, no transaction); then the client asks for an address of another
network that it once had (REQUEST, refused: an error) and starts anew. DHCPv6: SOLICIT and REQUEST.
TXT
}

# ---- TFTP
case_tftp() {
    infra_up
    local d=$work/infra
    mkdir -p "$d/boot"
    head -c 6000 /dev/zero | tr '\0' 'k' >"$d/boot/kernel"
    chown -R tftp "$d/boot"
    chmod 755 "$d"
    background tftpd auth1 in.tftpd --foreground --create --address "${v4[auth1]}:69" --user tftp --secure "$d/boot"
    sleep 1
    start_case tftp -i servers 'not port 53 and'
    cp "$d/boot/kernel" "$d/config"
    (
        cd "$d"
        on desk1 tftp -m binary "${v4[auth1]}" -c get kernel
        on desk1 tftp -m binary "${v4[auth1]}" -c get nothing
        on desk1 tftp -m binary "${v4[auth1]}" -c put config
    ) >/dev/null 2>&1 || true
    did 'TFTP READ' desk1 auth1 69 2 errors=1
    did 'TFTP WRITE' desk1 auth1 69 1
    finish_case --shows tftp.conf --no-sums <<'TXT'
tftpd and tftp: a file of 6 kB fetched, one that is not there (an error), one sent. The server answers
from a new port each time.
TXT
}

# ---- Kerberos
kerberos_server() {
    local d=$work/infra
    cat >"$d/kdc.conf" <<CONF
[kdcdefaults]
    kdc_listen = ${v4[auth1]}:88
    kdc_tcp_listen = ${v4[auth1]}:88
[realms]
    EXAMPLE.NET = {
        database_name = $d/principal
        key_stash_file = $d/stash
    }
CONF
    local way
    for way in udp tcp; do
        cat >"$d/krb5-$way.conf" <<CONF
[libdefaults]
    default_realm = EXAMPLE.NET
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    udp_preference_limit = $([[ $way == udp ]] && echo 9000 || echo 1)
[realms]
    EXAMPLE.NET = {
        kdc = ${v4[auth1]}
    }
CONF
    done
    local with=(env KRB5_CONFIG="$d/krb5-udp.conf" KRB5_KDC_PROFILE="$d/kdc.conf")
    on auth1 "${with[@]}" kdb5_util create -s -r EXAMPLE.NET -P master >"$work/kdb.log" 2>&1
    on auth1 "${with[@]}" kadmin.local -q 'addprinc -pw secret +requires_preauth user1' >>"$work/kdb.log" 2>&1
    on auth1 "${with[@]}" kadmin.local -q 'addprinc -randkey host/web1.example.net' >>"$work/kdb.log" 2>&1
    background krb5kdc auth1 "${with[@]}" krb5kdc -n
    sleep 1.5
}

kerberos_on() { # HOST WAY COMMAND...
    local host=$1 way=$2
    shift 2
    on "$host" env KRB5_CONFIG="$work/infra/krb5-$way.conf" KRB5CCNAME="FILE:$work/infra/cc-$host" "$@" >/dev/null 2>&1 || true
}

case_kerberos() {
    infra_up; kerberos_server
    start_case kerberos -i servers 'not port 53 and'
    echo secret | kerberos_on desk1 udp kinit user1
    kerberos_on desk1 udp kvno host/web1.example.net
    kerberos_on desk1 udp kvno host/nothing.example.net     # an error
    echo wrong | kerberos_on desk1 udp kinit user1          # an error
    echo secret | kerberos_on desk2 tcp kinit user1
    kerberos_on desk2 tcp kvno host/web1.example.net
    kerberos_on desk2 tcp kinit nobody                      # an error
    capture_sync
    did 'Kerberos AS' desk1 auth1 88 4 errors=1
    did 'Kerberos TGS' desk1 auth1 88 "$(tshark -r "$work/kerberos.pcap" -Y "ip.src == ${v4[desk1]} and kerberos.msg_type == 12" 2>/dev/null | wc -l)"
    did 'Kerberos AS' desk2 auth1 88 3 errors=1
    did 'Kerberos TGS' desk2 auth1 88 1
    finish_case --shows kerberos.conf <<'TXT'
krb5kdc and kinit, kvno. desk1 over UDP: a login (the server first wants a proof: two AS, no error), a
ticket, one for a service that is not there (an error), a wrong password (an error). desk2 over TCP: a
login, a ticket, an unknown name (an error).
TXT
}

# ---- STUN
case_stun() {
    infra_up
    local d=$work/infra
    background turnserver auth1 turnserver -n --listening-ip "${v4[auth1]}" --relay-ip "${v4[auth1]}" --no-tls --no-dtls \
        --no-cli --lt-cred-mech --user user1:secret --realm example.net --log-file stdout --pidfile "$d/pid" --userdb "$d/db" \
        --allow-loopback-peers
    background peer web1 turnutils_peer -L "${v4[web1]}" -p 3480
    sleep 2
    start_case stun -i servers 'not port 53 and not icmp and'
    on desk1 turnutils_stunclient "${v4[auth1]}" >/dev/null 2>&1 || true
    on desk2 timeout 20 turnutils_uclient -n 5 -m 1 -u user1 -w secret -e "${v4[web1]}" -r 3480 "${v4[auth1]}" >/dev/null 2>&1 || true
    capture_sync
    local h
    for h in desk1 desk2; do
        did STUN "$h" auth1 3478 "$(tshark -r "$work/stun.pcap" -Y "ip.src == ${v4[$h]} and stun.type.class == 0" 2>/dev/null | wc -l)"
    done
    finish_case --shows stun.conf --open 'UDP OTHER' <<'TXT'
coturn and its clients. desk1 asks for its address; desk2 has itself relayed: it is asked for name and
password (401, no error), then sends data through the relay, which are packets only.
TXT
}

case_stun_tcp() {
    infra_up
    local d=$work/infra
    background turnserver auth1 turnserver -n --listening-ip "${v4[auth1]}" --relay-ip "${v4[auth1]}" --no-tls --no-dtls \
        --no-cli --lt-cred-mech --user user1:secret --realm example.net --log-file stdout --pidfile "$d/pid" --userdb "$d/db" \
        --allow-loopback-peers
    background peer web1 turnutils_peer -L "${v4[web1]}" -p 3480
    sleep 2
    start_case stun_tcp -i servers 'not port 53 and not icmp and tcp and'
    on desk2 timeout 20 turnutils_uclient -t -n 20 -m 1 -l 171 -u user1 -w secret -e "${v4[web1]}" -r 3480 "${v4[auth1]}" >/dev/null 2>&1 || true
    capture_sync
    did STUN desk2 auth1 3478 "$(tshark -r "$work/stun_tcp.pcap" -Y "ip.src == ${v4[desk2]}" -T fields -e stun.type.class 2>/dev/null |
        tr , '\n' | grep -c -x 0x0000)"
    finish_case --shows stun.conf <<'TXT'
coturn and its client over TCP: desk2 has itself relayed, binds channels, and sends data of 171 bytes
through them, which stand between the messages of STUN with one byte of padding (ChannelData): packets only.
TXT
}

# ---- Tunnels
case_wireguard() {
    infra_up
    local d=$work/infra h
    for h in desk1 auth1; do wg genkey >"$d/$h.key"; done
    for h in desk1 auth1; do
        background "wireguard-$h" "$h" wireguard-go -f "wg-$h"
        until_true 10 on "$h" ip link show "wg-$h"
    done
    on auth1 wg set wg-auth1 listen-port 51820 private-key "$d/auth1.key" peer "$(wg pubkey <"$d/desk1.key")" allowed-ips 10.99.0.1/32
    on desk1 wg set wg-desk1 private-key "$d/desk1.key" peer "$(wg pubkey <"$d/auth1.key")" allowed-ips 10.99.0.2/32 \
        endpoint "${v4[auth1]}:51820"
    on auth1 ip addr add 10.99.0.2/24 dev wg-auth1
    on desk1 ip addr add 10.99.0.1/24 dev wg-desk1
    on auth1 ip link set wg-auth1 up
    start_case wireguard -i servers 'not port 53 and'
    on desk1 ip link set wg-desk1 up
    on desk1 ping -c 3 -i 0.2 10.99.0.2 >/dev/null 2>&1 || true
    did WIREGUARD desk1 auth1 51820 1
    must_see 1 'wg.type == 2'
    finish_case --shows wireguard.conf <<'TXT'
wireguard-go on both sides: a session is opened, then three pings through the tunnel, which are packets
only.
TXT
}

# ---- IKE: strongSwan; one daemon a host, each with a /run of its own
ike_daemon() { # HOST OTHER-HOST
    local host=$1 other=$2 d=$work/infra/$1
    mkdir -p "$d/run"
    cat >"$d/strongswan.conf" <<CONF
charon {
    load = random nonce openssl aes sha1 sha2 hmac kdf gmp curve25519 kernel-netlink socket-default vici updown
    install_routes = no
    retransmit_tries = 1
    plugins {
        vici { socket = unix://$d/vici }
    }
}
CONF
    cat >"$d/swanctl.conf" <<CONF
connections {
    office {
        local_addrs = ${v4[$host]}
        remote_addrs = ${v4[$other]}
        version = 2
        local { auth = psk
            id = $host }
        remote { auth = psk
            id = $other }
        children { net {
            local_ts = ${v4[$host]}/32
            remote_ts = ${v4[$other]}/32
        } }
    }
}
secrets { ike-office { secret = testing } }
CONF
    # shellcheck disable=SC2016  # for the inner shell
    background "charon-$host" "$host" unshare --mount sh -c \
        'mount --bind "$1/run" /run && STRONGSWAN_CONF="$1/strongswan.conf" exec /usr/lib/ipsec/charon' charon "$d"
    until_true 15 test -S "$d/vici"
    on "$host" swanctl --load-all --file "$d/swanctl.conf" --uri "unix://$d/vici" >"$work/swanctl-$host.log" 2>&1
}

case_ike() {
    infra_up
    ike_daemon desk1 auth1
    ike_daemon auth1 desk1
    start_case ike -i servers 'not port 53 and'
    on desk1 timeout 10 swanctl --initiate --child net --uri "unix://$work/infra/desk1/vici" >"$work/initiate.log" 2>&1 || true
    on desk1 timeout 10 swanctl --terminate --ike office --uri "unix://$work/infra/desk1/vici" >"$work/terminate.log" 2>&1 || true
    capture_sync
    did IKE desk1 auth1 500 1
    did IKE desk1 auth1 4500 2
    finish_case --shows ike.conf <<'TXT'
strongSwan on both sides, version 2: the tunnel is set up (two exchanges) and taken down (a third).
TXT
}

# ---- Logins of devices
case_tacacs() {
    infra_up
    background tacacs auth1 python3 "$lib/aaa.py" serve tacacs "${v4[auth1]}"
    sleep 1
    start_case tacacs -i servers 'not port 53 and'
    on desk1 python3 "$lib/aaa.py" ask tacacs "${v4[auth1]}"
    did TACACS desk1 auth1 49 4
    must_see 8 tacplus
    finish_case --shows tacacs.conf <<'TXT'
A small server and client in Python, scrambled as RFC 8907 says: a login that asks for the password (two
requests on one connection), what the user may do, and that it was done.
TXT
}

case_diameter() {
    infra_up
    background diameter auth1 python3 "$lib/aaa.py" serve diameter "${v4[auth1]}"
    sleep 1
    start_case diameter -i servers 'not port 53 and'
    on desk1 python3 "$lib/aaa.py" ask diameter "${v4[auth1]}"
    did 'Diameter CAPABILITIES_EXCHANGE' desk1 auth1 3868 1
    did 'Diameter CREDIT_CONTROL' desk1 auth1 3868 3 errors=1
    did 'Diameter OTHER' desk1 auth1 3868 1 errors=1
    did 'Diameter DISCONNECT_PEER' desk1 auth1 3868 1
    capture_sync
    local port
    port=$(tshark -r "$work/diameter.pcap" -Y 'diameter.cmd.code == 280 and diameter.flags.request == 1' -T fields -e tcp.dstport 2>/dev/null)
    did 'Diameter DEVICE_WATCHDOG' auth1 desk1 "$port" 1
    must_see 5 'diameter.flags.request == 1 and not tcp.analysis.retransmission'
    finish_case --shows diameter.conf --no-sums <<'TXT'
A small server and client in Python: capabilities, a watchdog that the server sends, three questions for
credit in one write, answered in another order (one is refused: an error), an unknown command (an
error, OTHER), and the end.
TXT
}
