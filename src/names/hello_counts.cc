// SPDX-License-Identifier: MIT
#include "pastmon/names/hello_counts.h"

#include <algorithm>
#include <iterator>

namespace pastmon::names {
namespace {

/// From IANA's list; the last stands for all others.
constexpr std::string_view kProtocolNames[] = {"h2",         "http/1.1", "http/1.0",    "h3",          "dot",
                                               "doq",        "imap",     "pop3",        "ftp",         "managesieve",
                                               "mqtt",       "irc",      "xmpp-client", "xmpp-server", "acme-tls/1",
                                               "postgresql", "smb",      "ntske/1",     "sip",         "other"};
constexpr std::string_view kTlsVersions[] = {"ssl_3", "1_0", "1_1", "1_2", "1_3"};
constexpr std::string_view kQuicVersions[] = {"1", "2", "draft"};

std::size_t place(std::string_view protocol) noexcept {
  const auto* const end = std::end(kProtocolNames) - 1;
  return static_cast<std::size_t>(std::find(std::begin(kProtocolNames), end, protocol) - std::begin(kProtocolNames));
}

/// "http/1.1" → "http_1_1": a name of a statistic.
std::string word(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '/' || c == '.' || c == '-'; }, '_');
  return out;
}

template <class Counts, class Names>
void add(std::vector<std::pair<std::string, std::uint64_t>>& list, const char* front, const Counts& counts,
         const Names& names) {
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) list.emplace_back(front + word(names[i]), counts[i]);
  }
}

}  // namespace

void HelloCounts::tls_version(std::uint16_t version) noexcept {
  if (version >= 0x0300 && version <= 0x0304) ++tls_versions_[version - 0x0300U];
}

void HelloCounts::quic_version(std::uint32_t version) noexcept {
  ++quic_versions_[version == 1 ? 0 : version == 0x6b3343cf ? 1 : 2];
}

void HelloCounts::tls_offered(std::string_view protocol) noexcept {
  if (!protocol.empty()) ++tls_offered_[place(protocol)];
}
void HelloCounts::quic_offered(std::string_view protocol) noexcept {
  if (!protocol.empty()) ++quic_offered_[place(protocol)];
}
void HelloCounts::tls_chosen(std::string_view protocol) noexcept {
  if (!protocol.empty()) ++tls_chosen_[place(protocol)];
}

std::vector<std::pair<std::string, std::uint64_t>> HelloCounts::list() const {
  static_assert(std::size(kProtocolNames) == kProtocols);
  std::vector<std::pair<std::string, std::uint64_t>> all;
  add(all, "tls_version_", tls_versions_, kTlsVersions);
  add(all, "tls_offered_", tls_offered_, kProtocolNames);
  add(all, "tls_chosen_", tls_chosen_, kProtocolNames);
  add(all, "quic_version_", quic_versions_, kQuicVersions);
  add(all, "quic_offered_", quic_offered_, kProtocolNames);
  return all;
}

}  // namespace pastmon::names
