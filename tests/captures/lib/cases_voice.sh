# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib, work and v4 are make_captures.sh's
# Cases of telephones and cameras: SIP and RTSP.
# packages: sip-tester

# calls NAME COUNT [SIPP ARGUMENTS...]: desk1 goes through a scenario of sip_scenarios.py with web1 so many times.
calls() {
    local name=$1 count=$2
    shift 2
    on web1 sipp -sf "$work/sip/$name-called.xml" -i "${v4[web1]}" -p 5060 -m "$count" -nostdin "$@" >"$work/sip/$name-called.log" 2>&1 &
    local called=$!
    until_true 10 on web1 sh -c "ss -Hlntu 'sport = :5060' | grep -q ."
    on desk1 sipp -sf "$work/sip/$name-caller.xml" -i "${v4[desk1]}" -p 6060 -m "$count" -r 5 -l 1 -nostdin "$@" \
        "${v4[web1]}:5060" >"$work/sip/$name-caller.log" 2>&1
    wait $called
}

case_sip_calls() {
    network_up
    mkdir -p "$work/sip"
    cd "$work/sip"
    python3 "$lib/sip_scenarios.py" "$work/sip"
    start_case sip_calls
    calls register 1
    calls call 2
    calls busy 1
    calls unknown 1
    calls cancel 1
    calls repeat 1
    did 'SIP REGISTER' desk1 web1 5060 2
    did 'SIP INVITE' desk1 web1 5060 5 errors=3
    did 'SIP BYE' desk1 web1 5060 2
    did 'SIP CANCEL' desk1 web1 5060 1
    did 'SIP OPTIONS' desk1 web1 5060 1 'response_time_us>=900000'
    must_see 1 'sip.Status-Code == 401'
    must_see 4 'sip.Status-Code == 100'
    must_see 2 'sip.Method == "OPTIONS"'
    finish_case --shows sip.conf <<'TXT'
SIP over UDP, sipp on both sides: a registration that is asked for its password (401, no error), two
calls that ring for 300 ms, a busy one (486), an unknown number (404), one that the caller gives up
(CANCEL; INVITE is answered 487), and an OPTIONS that is sent twice before it is answered: one
transaction. 100 Trying is no answer; 180 Ringing is its first byte, but not its end.
TXT
}

case_sip_tcp() {
    network_up
    mkdir -p "$work/sip"
    cd "$work/sip"
    python3 "$lib/sip_scenarios.py" "$work/sip"
    start_case sip_tcp
    calls call 3 -t t1 -l 3
    did 'SIP INVITE' desk1 web1 5060 3
    did 'SIP BYE' desk1 web1 5060 3
    finish_case --shows sip.conf <<'TXT'
Three calls of SIP over one TCP connection, sipp on both sides. The calls overlap, so that what
belongs together is told by Call-ID and CSeq.
TXT
}

case_rtsp_interleaved() {
    network_up
    background rtsp web1 python3 "$lib/rtsp.py" server "${v4[web1]}" 554
    until_true 10 on web1 sh -c "ss -Hlnt 'sport = :554' | grep -q ."
    start_case rtsp_interleaved
    on desk1 python3 "$lib/rtsp.py" client "${v4[web1]}" 554
    did 'RTSP OPTIONS' desk1 web1 554 1
    did 'RTSP DESCRIBE' desk1 web1 554 3 errors=1
    did 'RTSP SETUP' desk1 web1 554 2 errors=1
    did 'RTSP PLAY' desk1 web1 554 1
    did 'RTSP GET_PARAMETER' desk1 web1 554 3
    did 'RTSP TEARDOWN' desk1 web1 554 1
    finish_case --shows rtsp.conf <<'TXT'
A camera and its viewer, small programs in Python: the picture comes between the messages ('$', a
channel, a length), also while a GET_PARAMETER waits for its answer. A DESCRIBE that is asked for a
password (401, no error), one of a camera that is not there (404), and a SETUP for UDP that is
refused (461).
TXT
}
