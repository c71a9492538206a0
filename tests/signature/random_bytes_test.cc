// SPDX-License-Identifier: MIT
// Conversations of random bytes on every listed port and on others: nothing is claimed that is not the service. On a
// service's own port a message that keeps to its form is proof, and some binary protocols have little form: a few
// conversations in a hundred may pass there by chance, but none elsewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "pastmon/config/signature_file.h"
#include "scene.h"

namespace pastmon::signature::test {
namespace {

constexpr int kConversations = 200;
constexpr int kByChance = 5;  ///< of them, on the service's own port

class Random : public ::testing::Test {
 protected:
  std::string bytes() {
    std::string text(1 + random_() % 300, '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  /// Conversations of random bytes with this port, by the rows that services gave them.
  std::map<std::string, int> talk(decode::Transport transport, std::uint16_t port) {
    const bool tcp = transport == decode::Transport::tcp;
    std::map<std::string, int> claimed;
    for (int i = 0; i < kConversations; ++i) {
      Scene scene;
      Flow flow(scene, 1, transport, port, tcp ? flow::ClientBy::syn : flow::ClientBy::first);
      if (tcp) flow.handshake(-10'000, -4'000, 0);
      if (random_() % 4 == 0) flow.server(5, bytes());
      for (base::Micros at = 10; at < 60; at += 20) flow.client(at, bytes()).server(at + 10, bytes());
      flow.end(100);
      std::set<std::string> rows;
      for (const Said& t : scene.transactions) rows.insert(t.row);
      for (const char* none : {"TCP SYNACK", "TCP OTHER", "UDP OTHER"}) rows.erase(none);
      for (const std::string& row : rows) ++claimed[row];
    }
    return claimed;
  }

  /// Is the port one of the row's service?
  static bool listed(const std::string& row, std::uint16_t port, config::Carrier carrier) {
    for (const config::ServiceSpec& service : services()) {
      if (row != service.name && !row.starts_with(service.name + " ")) continue;
      for (const config::CarrierSpec& over : service.over) {
        if (over.carrier == carrier && std::count(over.ports.begin(), over.ports.end(), port) > 0) return true;
      }
    }
    return false;
  }

  void check(decode::Transport transport, config::Carrier carrier) {
    for (const std::uint16_t port : ports(carrier)) {
      for (const auto& [row, count] : talk(transport, port)) {
        EXPECT_LE(count, listed(row, port, carrier) ? kByChance : 0) << row << " on port " << port;
      }
    }
  }

  static const std::vector<config::ServiceSpec>& services() {
    static const auto all = config::load_signature_directory(PASTMON_SOURCE_DIR "/etc/signatures.d");
    return *all;
  }

  static std::set<std::uint16_t> ports(config::Carrier carrier) {
    std::set<std::uint16_t> all = {7, 1234, 50'000};
    for (const config::ServiceSpec& service : services()) {
      for (const config::CarrierSpec& over : service.over) {
        if (over.carrier == carrier) all.insert(over.ports.begin(), over.ports.end());
      }
    }
    return all;
  }

  std::mt19937 random_{4711};
};

TEST_F(Random, BytesOverTcpAreNoService) { check(decode::Transport::tcp, config::Carrier::tcp); }
TEST_F(Random, DatagramsAreNoService) { check(decode::Transport::udp, config::Carrier::udp); }

}  // namespace
}  // namespace pastmon::signature::test
