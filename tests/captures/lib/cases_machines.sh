# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work, v4 and v6 are make_captures.sh's
# Cases of what machines say to each other, and of remote desktops: Modbus, MQTT, RDP.
# packages: xrdp freerdp2-x11 xvfb mosquitto mosquitto-clients python3-pymodbus python3-serial-asyncio

modbus_functions=(1=READ_COILS 2=READ_DISCRETE_INPUTS 3=READ_HOLDING_REGISTERS 4=READ_INPUT_REGISTERS
    5=WRITE_SINGLE_COIL 6=WRITE_SINGLE_REGISTER 15=WRITE_MULTIPLE_COILS 16=WRITE_MULTIPLE_REGISTERS
    22=MASK_WRITE_REGISTER 23=READ_WRITE_MULTIPLE_REGISTERS)

case_modbus() {
    files_up
    background modbus files1 python3 "$lib/modbus.py" server "${v4[files1]}"
    background modbus-udp files1 python3 "$lib/modbus.py" udp-server "${v4[files1]}"
    until_true 10 on files1 python3 "$lib/modbus.py" client "${v4[files1]}"
    start_case modbus
    on desk1 python3 "$lib/modbus.py" client "${v4[files1]}"
    on desk2 python3 "$lib/modbus.py" pipelined "${v4[files1]}"
    on desk2 python3 "$lib/modbus.py" udp "${v4[files1]}"
    did_fields Modbus desk1 files1 502 'tcp.dstport == 502 and modbus' modbus.func_code "${modbus_functions[@]}"
    did_fields Modbus desk2 files1 502 '(tcp.dstport == 502 or udp.dstport == 502) and modbus' modbus.func_code \
        "${modbus_functions[@]}"
    must_see 2 'modbus.exception_code'
    finish_case --shows modbus.conf <<'TXT'
pymodbus as device and client: reads and writes of each kind, a read of registers that are not there
(an exception: an error). desk2 sends six reads in two writes and a function that the device does
not know (`Modbus OTHER`, an error), then reads twice over UDP.
TXT
}

mqtt_server() {
    local d=$work/mqtt
    rm -rf "$d"
    mkdir -p "$d"
    cat >"$d/mosquitto.conf" <<CONF
listener 1883 ${v4[files1]}
allow_anonymous true
password_file $d/passwords
acl_file $d/acl
persistence false
CONF
    printf 'topic readwrite plant/#\n' >"$d/acl"
    on files1 mosquitto_passwd -b -c "$d/passwords" user1 secret 2>/dev/null
    chmod -R a+rX "$d"
    background mosquitto files1 mosquitto -c "$d/mosquitto.conf"
    until_true 10 on files1 mosquitto_pub -h "${v4[files1]}" -t plant/ready -m yes
}

case_mqtt() {
    files_up
    mqtt_server
    local to=(-h "${v4[files1]}")
    start_case mqtt
    on desk2 timeout 7 mosquitto_sub "${to[@]}" -V 311 -k 5 -q 2 -t plant/temperature >"$work/sub.log" &
    local waiting=$!
    sleep 0.5
    on desk1 mosquitto_pub "${to[@]}" -V 311 -q 1 -t plant/temperature -m 21
    on desk1 mosquitto_pub "${to[@]}" -V 5 -q 2 -t plant/temperature -m 22
    seq 20 | on desk1 mosquitto_pub "${to[@]}" -V 5 -q 1 -l -t plant/pressure
    head -c 20000 /dev/zero | tr '\0' 'm' | on desk1 mosquitto_pub "${to[@]}" -V 31 -q 1 -s -t plant/image
    on desk1 mosquitto_pub "${to[@]}" -V 311 -u user1 -P secret -q 1 -t plant/temperature -m 23
    on desk1 mosquitto_pub "${to[@]}" -V 311 -u user1 -P wrong -q 1 -t plant/temperature -m 24 2>/dev/null && return 1
    on desk1 mosquitto_pub "${to[@]}" -V 5 -u user1 -P wrong -q 1 -t plant/temperature -m 24 2>/dev/null && return 1
    on desk1 mosquitto_pub "${to[@]}" -V 5 -q 1 -t secret/area -m 1 >/dev/null 2>&1 || true
    on desk1 mosquitto_sub "${to[@]}" -V 5 -W 1 -t plant/valve -U plant/other >/dev/null 2>&1 || true
    seq 5 | on desk1 mosquitto_pub "${to[@]}" -V 311 -q 0 -l -t plant/pressure
    wait $waiting || true
    local kinds=(1=LOGIN 3=PUBLISH 8=SUBSCRIBE 12=PING 4=- 5=- 6=- 7=- 14=-)
    did_fields MQTT desk1 files1 1883 'mqtt and not (mqtt.msgtype == 3 and mqtt.qos == 0)' mqtt.msgtype "${kinds[@]}"
    did_fields MQTT desk2 files1 1883 mqtt mqtt.msgtype "${kinds[@]}"
    local port
    port=$(tshark -r "$work/$case_name.pcap" -Y "mqtt.msgtype == 8 and ip.src == ${v4[desk2]}" -T fields -e tcp.srcport)
    did_fields MQTT files1 desk2 "$port" 'mqtt.msgtype == 3' mqtt.msgtype "${kinds[@]}"
    must_see 2 'mqtt.conack.val == 5 or (mqtt.msgtype == 2 and mqtt.connack.reason_code >= 0x80)'
    finish_case --no-sums --shows mqtt.conf <<'TXT'
mosquitto and its clients, MQTT 3.1, 3.1.1 and 5: messages of each quality of service (twenty in a row,
one of 20 kB), two refused logins, a topic that is not allowed, a subscription and its end. desk2
subscribes: the broker publishes to it (those rows have the broker as client), and it pings.
TXT
}

rdp_server() {
    local d=$work/rdp
    mkdir -p "$d" /run/xrdp/sockdir
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=files1.example.net -keyout "$d/key.pem" \
        -out "$d/cert.pem" 2>/dev/null
    sed "s,^certificate=.*,certificate=$d/cert.pem,; s,^key_file=.*,key_file=$d/key.pem,; s,^LogFile=.*,LogFile=$d/log," \
        /etc/xrdp/xrdp.ini >"$d/xrdp.ini"
    sed 's/^port=.*/port=3390/; s/^security_layer=.*/security_layer=tls/' "$d/xrdp.ini" >"$d/strict.ini"
    background xrdp files1 xrdp --nodaemon --config "$d/xrdp.ini"
    until_true 10 rdp_answers 3389
    rm -f /run/xrdp/xrdp.pid # or the second one would believe that it runs already
    background xrdp-strict files1 xrdp --nodaemon --config "$d/strict.ini"
    until_true 10 rdp_answers 3390
    background xvfb desk1 Xvfb :95 -nolock -nolisten unix -listen local -screen 0 640x480x24
    sleep 2
}
rdp_answers() { on files1 bash -c "exec 3<>/dev/tcp/${v4[files1]}/$1"; }
rdp_on() { # PORT SECURITY
    on desk1 timeout 8 env DISPLAY=:95 xfreerdp "/v:${v4[files1]}:$1" /u:user1 /p:secret /cert:ignore +auth-only \
        "/sec:$2" >>"$work/xfreerdp.log" 2>&1 || true
}

case_rdp() {
    files_up
    rdp_server
    start_case rdp
    rdp_on 3389 tls
    rdp_on 3389 rdp
    # shellcheck disable=SC2016
    on desk1 timeout 5 bash -c 'exec 3<>"/dev/tcp/$0/3390"
        printf "\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x02\0\0\0" >&3; head -c 19 <&3 >/dev/null' "${v4[files1]}"
    did RDP desk1 files1 3389 2
    did RDP desk1 files1 3390 1 errors=1
    did 'TLS HANDSHAKE' desk1 files1 3389 1
    must_see 1 'tcp.payload[11] == 3 and tcp.payload[5] == 0xd0'
    finish_case --port 3390=rdp --open 'TLS DATA' --shows rdp.conf <<'TXT'
xfreerdp and xrdp, each time up to the login: with TLS, and with RDP's own encryption (packets only). A
second server, on port 3390, refuses a client that offers neither (an error).
TXT
}
