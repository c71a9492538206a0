// SPDX-License-Identifier: MIT
// What the two hellos of a TLS handshake say in clear text (RFC 8446, 4.1; RFC 6066, 3; RFC 7301).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace pastmon::names {

/// Texts point into the message; they are as sent, and empty when they are not there.
struct ClientHello {
  std::string_view server_name;  ///< SNI
  std::string_view protocol;     ///< the first that the client offers (ALPN)
  std::uint16_t version = 0;     ///< the newest that it offers: 0x0304 is TLS 1.3
};
struct ServerHello {
  std::uint16_t version = 0;  ///< what both speak from now on
  std::string_view protocol;  ///< what the server chose (ALPN); TLS 1.3 hides it
  bool retry = false;         ///< HelloRetryRequest: the client must begin again
};

/// The handshake message in a TLS record: what stands behind its head, as far as it is there. Empty: no handshake.
std::span<const std::uint8_t> handshake_in_record(std::span<const std::uint8_t> record);

/// Handshake messages, as they stand in a record or in QUIC's CRYPTO frames. A message that breaks off gives what
/// stands before its end. Nothing: it is no such hello, or its lengths contradict each other.
std::optional<ClientHello> read_client_hello(std::span<const std::uint8_t> message);
std::optional<ServerHello> read_server_hello(std::span<const std::uint8_t> message);

}  // namespace pastmon::names
