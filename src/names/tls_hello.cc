// SPDX-License-Identifier: MIT
//   record:       | type 22 | version (2) | length (2) | messages …
//   message:      | type | length (3) | body …                                 type 1: ClientHello, 2: ServerHello
//   ClientHello:  | version (2) | random (32) | session id (1+) | ciphers (2+) | compression (1+) | extensions (2+)
//   ServerHello:  | version (2) | random (32) | session id (1+) | cipher (2)   | compression (1)  | extensions (2+)
//   extension:    | type (2) | length (2) | data …
// Lists stand behind their length in so many bytes (n+).
#include "pastmon/names/tls_hello.h"

#include <algorithm>
#include <array>

#include "pastmon/base/cursor.h"
#include "span_text.h"

namespace pastmon::names {
namespace {

using base::Cursor;
using Span = std::span<const std::uint8_t>;

constexpr std::uint16_t kServerName = 0, kProtocols = 16, kSupportedVersions = 43;
constexpr std::size_t kRandom = 32;
constexpr std::uint8_t kRetryRandom[kRandom] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
                                                0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
                                                0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};

/// The newest of the versions of RFC 8446 and before; numbers that mean nothing (RFC 8701) do not count.
std::uint16_t newest(Span list) {
  std::uint16_t best = 0;
  Cursor c(list);
  while (c.has(2)) {
    const std::uint16_t version = c.be16();
    if (version >= 0x0300 && version <= 0x0304) best = std::max(best, version);
  }
  return best;
}

/// A list of names of which each has its type in front; the first host name counts.
std::string_view host_name(Span data) {
  Cursor list(data);
  Cursor c(list.bytes(list.be16()));
  while (c.has(3)) {
    const std::uint8_t type = c.u8();
    const Span name = c.bytes(c.be16());
    if (type == 0) return text_of(name);
  }
  return {};
}

std::string_view first_protocol(Span data) {
  Cursor list(data);
  Cursor c(list.bytes(list.be16()));
  return text_of(c.bytes(c.u8()));
}

/// Calls `each(type, data)` for the extensions that are there as a whole.
template <class Each>
void each_extension(Cursor c, Each each) {
  c.skip(2);  // what is missing of the list shows when it ends
  while (c.has(4)) {
    const std::uint16_t type = c.be16();
    const Span data = c.bytes(c.be16());
    if (!c.ok()) return;
    each(type, data);
  }
}

/// The body of a message of this type; false when it is another one.
bool body(Span message, std::uint8_t type, Cursor& out) {
  Cursor c(message);
  const bool right = c.u8() == type;
  const std::size_t size = c.be24();
  if (!right || !c.ok()) return false;
  out = Cursor(c.data(), std::min(size, c.left()));
  return true;
}

}  // namespace

Span handshake_in_record(Span record) {
  constexpr std::uint8_t handshake = 22;
  Cursor c(record);
  const std::uint8_t type = c.u8();
  const std::uint8_t major = c.u8();
  c.skip(1);
  const std::size_t size = c.be16();
  if (!c.ok() || type != handshake || major != 3) return {};
  return {c.data(), std::min(size, c.left())};
}

std::optional<ClientHello> read_client_hello(Span message) {
  Cursor c;
  if (!body(message, 1, c)) return std::nullopt;
  ClientHello hello;
  hello.version = c.be16();
  c.skip(kRandom);
  c.skip(c.u8());
  c.skip(c.be16());
  c.skip(c.u8());
  if (!c.ok() || hello.version < 0x0300 || hello.version > 0x0304) return std::nullopt;
  each_extension(c, [&](std::uint16_t type, Span data) {
    if (type == kServerName) hello.server_name = host_name(data);
    if (type == kProtocols) hello.protocol = first_protocol(data);
    if (type == kSupportedVersions && !data.empty()) hello.version = std::max(hello.version, newest(data.subspan(1)));
  });
  return hello;
}

std::optional<ServerHello> read_server_hello(Span message) {
  Cursor c;
  if (!body(message, 2, c)) return std::nullopt;
  ServerHello hello;
  hello.version = c.be16();
  const Span random = c.bytes(kRandom);
  c.skip(c.u8());
  c.skip(3);
  if (!c.ok() || hello.version < 0x0300 || hello.version > 0x0304) return std::nullopt;
  hello.retry = std::equal(random.begin(), random.end(), std::begin(kRetryRandom));
  each_extension(c, [&](std::uint16_t type, Span data) {
    if (type == kProtocols) hello.protocol = first_protocol(data);
    if (type == kSupportedVersions && data.size() == 2) hello.version = std::max(hello.version, newest(data));
  });
  return hello;
}

}  // namespace pastmon::names
