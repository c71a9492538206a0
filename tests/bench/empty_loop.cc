// SPDX-License-Identifier: MIT
// The yardstick of peers.sh: a pcap_loop whose callback only counts. Prints the number of packets and of bytes.
#include <pcap/pcap.h>

#include <cinttypes>
#include <cstdio>

namespace {

struct Seen {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
};

void count(u_char* user, const pcap_pkthdr* header, const u_char*) {
  auto* seen = reinterpret_cast<Seen*>(user);
  ++seen->packets;
  seen->bytes += header->len;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: empty_loop CAPTURE\n", stderr);
    return 2;
  }
  char error[PCAP_ERRBUF_SIZE];
  pcap_t* capture = pcap_open_offline(argv[1], error);
  if (capture == nullptr) {
    std::fprintf(stderr, "empty_loop: %s\n", error);
    return 1;
  }
  Seen seen;
  const int status = pcap_loop(capture, -1, count, reinterpret_cast<u_char*>(&seen));
  if (status < 0) std::fprintf(stderr, "empty_loop: %s\n", pcap_geterr(capture));
  pcap_close(capture);
  std::printf("%" PRIu64 " packets, %" PRIu64 " bytes\n", seen.packets, seen.bytes);
  return status < 0 ? 1 : 0;
}
