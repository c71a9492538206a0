// SPDX-License-Identifier: MIT
// A network as administrators write it: "192.0.2.0/24", "2001:db8::/32", "127.0.0.1".
#pragma once

#include <optional>
#include <string_view>

#include "pastmon/base/address.h"

namespace pastmon::web {

class Network {
 public:
  /// Nothing when it is neither an address nor address/prefix length in range.
  static std::optional<Network> parse(std::string_view text);
  bool contains(const base::Address& address) const noexcept;

 private:
  base::Address address_;
  unsigned bits_ = 128;  // of the 16 bytes: an IPv4 prefix counts 96 more
};

}  // namespace pastmon::web
