# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# What every case needs: begin, say what the clients did, end.

list_cases() {
    echo demo
    # the captures that others are made from come first
    declare -F | awk '{print $3}' | sed -n 's/^case_//p' | sort |
        awk '/^http_/ { print } !/^http_/ { rest = rest $0 "\n" } END { printf "%s", rest }'
}

run_case() {
    local name=$1
    if [[ $name != demo ]] && ! declare -F "case_$name" >/dev/null; then
        echo "make_captures.sh: no such case: $name" >&2
        exit 2
    fi
    mkdir -p "$here/$name"
    echo "== $name" >&2
    if [[ $name == demo ]]; then demo; else "case_$name"; fi
}

declared=()
seen=()

# did SIGNATURE CLIENT SERVER PORT COUNT [CHECK...]: what a client did. HOST/6 is its IPv6 address.
address() { case $1 in */6) echo "${v6[${1%/6}]}" ;; *) echo "${v4[$1]}" ;; esac; }
did() {
    local line
    line="$1|$(address "$2")|$(address "$3")|$4|$5"
    shift 5
    local check
    for check in "$@"; do line+="|$check"; done
    declared+=(--declare "$line")
}

# must_see COUNT FILTER: what tshark must find, for what the rows do not show.
must_see() { seen+=("$1 $2"); }
check_seen() { # FILE
    local line count
    for line in "${seen[@]}"; do
        count=$(tshark -r "$1" -Y "${line#* }" -T fields -e frame.number 2>/dev/null | wc -l)
        if ((count != ${line%% *})); then
            echo "make_captures.sh: $case_name: ${line#* }: $count, not ${line%% *}" >&2
            return 1
        fi
    done
}

# start_case NAME [TCPDUMP ARGUMENTS...]: captures from here on; IPv6 housekeeping stays out. The
# arguments may end in the beginning of a filter, "... and".
start_case() {
    case_name=$1
    shift
    declared=()
    seen=()
    (($#)) || set -- -i servers
    capture_start "$work/$case_name.pcap" "$@" \
        '(arp or ip or ip6 proto 6 or ip6 proto 17 or (icmp6 and (ip6[40] = 128 or ip6[40] = 129 or ip6[40] = 1)))'
}

# finish_case [truth.py ARGUMENTS...] <TEXT: stops, writes the capture, README.md and expect.json.
finish_case() {
    capture_stop
    check_seen "$work/$case_name.pcap"
    cp "$work/$case_name.pcap" "$here/$case_name/$case_name.pcap"
    stop_all
    network_down
    write_case "$case_name" "$case_name.pcap" "$@"
}

# write_case NAME FILE [truth.py ARGUMENTS...] <TEXT
write_case() {
    local name=$1 file=$2
    shift 2
    { echo "# $name"; echo; cat; } >"$here/$name/README.md"
    python3 "$lib/truth.py" "$here/$name" "$file" "${declared[@]}" "$@"
}
