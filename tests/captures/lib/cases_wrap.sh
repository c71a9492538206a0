# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154  # here, lib and work are make_captures.sh's
# tcp_rst_midway inside tunnels and behind other link headers, made by lib/wrap.py: the kernel of a test machine may lack
# the modules that would make them. tshark must find the same requests in each.

declare -A wrap_text=(
    [mpls]="two MPLS labels"
    [pppoe]="a PPPoE session"
    [gre]="GRE with key and sequence number"
    [gre_ethernet]="GRE that carries Ethernet frames"
    [erspan_1]="ERSPAN type I (a mirror session over GRE)"
    [erspan_2]="ERSPAN type II"
    [erspan_3]="ERSPAN type III"
    [geneve]="Geneve with an option"
    [vxlan]="VXLAN"
    [ip_in_ip]="IP in IP"
    [gtp_u]="GTP-U, as phones' traffic crosses a mobile network"
    [l2tp]="L2TP and PPP"
    [nested]="VXLAN inside GRE behind an MPLS label in a VLAN"
    [ieee802_11]="802.11 frames"
    [radiotap]="802.11 frames with a radiotap header and a checksum at the end"
    [ppp]="PPP in HDLC-like framing"
)

wrapped_case() {
    local kind=$1 name=wrap_$1 seen expected
    python3 "$lib/wrap.py" "$kind" "$here/$name/$name.pcap" "$here/tcp_rst_midway/tcp_rst_midway.pcap"
    seen=$(tshark -r "$here/$name/$name.pcap" -Y http.request 2>/dev/null | wc -l)
    expected=$(tshark -r "$here/tcp_rst_midway/tcp_rst_midway.pcap" -Y http.request 2>/dev/null | wc -l)
    if ((seen != expected)); then
        echo "make_captures.sh: $name: tshark sees $seen requests, not $expected" >&2
        return 1
    fi
    {
        echo "# $name"
        echo
        echo "tcp_rst_midway in ${wrap_text[$kind]}: \`lib/wrap.py $kind\`. Without its ARP packets."
    } >"$here/$name/README.md"
    python3 "$lib/wrapped_expect.py" "$here/tcp_rst_midway" "$here/$name"
}

for kind in "${!wrap_text[@]}"; do
    eval "case_wrap_$kind() { wrapped_case $kind; }"
done
