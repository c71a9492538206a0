// SPDX-License-Identifier: MIT
// TLS hellos for tests.
#pragma once

#include <string>

#include "names/dns_message.h"

namespace pastmon::names::testing {

inline std::string be24(std::size_t value) {
  return static_cast<char>(value >> 16) + be16(static_cast<unsigned>(value & 0xffff));
}
/// `text` behind its length in two bytes.
inline std::string list16(const std::string& text) { return be16(static_cast<unsigned>(text.size())) + text; }

inline std::string extension(unsigned type, const std::string& data) { return be16(type) + list16(data); }
inline std::string server_name(const std::string& host) {
  return extension(0, list16(std::string(1, '\0') + list16(host)));
}
inline std::string protocols(const std::string& first) { return extension(16, list16(label(first) + label("x"))); }

inline std::string hello(int type, unsigned version, const std::string& middle, const std::string& extensions,
                         char random = 'r') {
  const std::string body = be16(version) + std::string(32, random) + middle + list16(extensions);
  return static_cast<char>(type) + be24(body.size()) + body;
}
inline std::string client_hello(const std::string& extensions, unsigned version = 0x0303) {
  return hello(1, version, label("session") + list16(be16(0x1301) + be16(0xc02f)) + label(std::string(1, '\0')),
               extensions);
}
inline std::string server_hello(const std::string& extensions, unsigned version = 0x0303) {
  return hello(2, version, label("session") + be16(0x1301) + std::string(1, '\0'), extensions);
}
inline std::string record(const std::string& message) { return "\x16\x03\x01" + list16(message); }

}  // namespace pastmon::names::testing
