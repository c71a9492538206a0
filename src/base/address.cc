// SPDX-License-Identifier: MIT
#include "pastmon/base/address.h"

#include <arpa/inet.h>

namespace pastmon::base {
namespace {

constexpr std::string_view kMany = "(many)";

}  // namespace

std::optional<Address> Address::parse(std::string_view text) {
  if (text == kMany) return many();
  const std::string terminated(text);
  if (terminated.size() != text.size() || terminated.find('\0') != std::string::npos) return std::nullopt;
  std::uint8_t bytes[16];
  if (inet_pton(AF_INET, terminated.c_str(), bytes) == 1) return v4(bytes);
  if (inet_pton(AF_INET6, terminated.c_str(), bytes) == 1) return v6(bytes);
  return std::nullopt;
}

std::string Address::to_string() const {
  if (is_many()) return std::string(kMany);
  char text[INET6_ADDRSTRLEN];
  const bool four = is_v4();
  return inet_ntop(four ? AF_INET : AF_INET6, bytes_.data() + (four ? 12 : 0), text, sizeof text);
}

}  // namespace pastmon::base
