// SPDX-License-Identifier: MIT
// How often handshakes had which version and application protocol, for the program's own statistics. Closed lists:
// what clients and servers write there makes no new names.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pastmon::names {

class HelloCounts {
 public:
  /// A server's choice: 0x0300 (SSL 3) to 0x0304 (TLS 1.3).
  void tls_version(std::uint16_t version) noexcept;
  void quic_version(std::uint32_t version) noexcept;
  /// ALPN: what a client offers first, over TLS or QUIC, and what a server chose (TLS 1.2 and before show it).
  void tls_offered(std::string_view protocol) noexcept;
  void quic_offered(std::string_view protocol) noexcept;
  void tls_chosen(std::string_view protocol) noexcept;

  /// Totals since the start, those that are not zero: "tls_version_1_3", "tls_offered_h2", "tls_chosen_http_1_1",
  /// "quic_version_2", "quic_offered_h3", …
  std::vector<std::pair<std::string, std::uint64_t>> list() const;

 private:
  static constexpr std::size_t kProtocols = 20;
  using Protocols = std::array<std::uint64_t, kProtocols>;

  std::array<std::uint64_t, 5> tls_versions_{};
  std::array<std::uint64_t, 3> quic_versions_{};
  Protocols tls_offered_{}, quic_offered_{}, tls_chosen_{};
};

}  // namespace pastmon::names
