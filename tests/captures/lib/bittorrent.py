#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Peers of BitTorrent with libtorrent, on port 6881 each, that know of each other by the distributed table.

bittorrent.py seed  DIRECTORY ADDRESS               makes DIRECTORY/file.torrent of DIRECTORY/file, and gives
bittorrent.py fetch DIRECTORY ADDRESS PEER tcp|utp  fetches it from PEER
"""
import os
import sys
import time

import libtorrent as lt


def session(address, tcp, utp):
    s = lt.session({
        "listen_interfaces": address + ":6881", "enable_dht": True, "enable_lsd": False, "enable_upnp": False,
        "enable_natpmp": False, "dht_bootstrap_nodes": "", "dht_restrict_routing_ips": False,
        "dht_restrict_search_ips": False, "dht_ignore_dark_internet": False, "dht_prefer_verified_node_ids": False,
        "out_enc_policy": 2, "in_enc_policy": 2, "allow_multiple_connections_per_ip": True,
        "enable_outgoing_tcp": tcp, "enable_incoming_tcp": True, "enable_outgoing_utp": utp, "enable_incoming_utp": True,
    })
    return s


def seed(where, address):
    files = lt.file_storage()
    lt.add_files(files, os.path.join(where, "file"))
    torrent = lt.create_torrent(files, piece_size=16384, flags=lt.create_torrent.v1_only)
    lt.set_piece_hashes(torrent, where)
    with open(os.path.join(where, "file.torrent"), "wb") as out:
        out.write(lt.bencode(torrent.generate()))
    s = session(address, True, True)
    s.add_torrent({"ti": lt.torrent_info(os.path.join(where, "file.torrent")), "save_path": where,
                   "flags": lt.torrent_flags.seed_mode})
    time.sleep(600)


def fetch(where, address, peer, how):
    s = session(address, how == "tcp", how == "utp")
    s.add_dht_node((peer, 6881))
    time.sleep(1)
    target = os.path.join(where, how)
    os.makedirs(target, exist_ok=True)
    t = s.add_torrent({"ti": lt.torrent_info(os.path.join(where, "file.torrent")), "save_path": target})
    t.connect_peer((peer, 6881))
    end = time.time() + 15
    while not t.status().is_seeding and time.time() < end:
        time.sleep(0.1)
    if not t.status().is_seeding:
        sys.exit("not fetched: %s" % t.status().state)


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
