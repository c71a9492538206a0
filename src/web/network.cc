// SPDX-License-Identifier: MIT
#include "network.h"

#include <charconv>

namespace pastmon::web {

std::optional<Network> Network::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = base::Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network;
  network.address_ = *address;
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  const unsigned most = address->is_v4() ? 32 : 128;
  if (error != std::errc() || end != digits.data() + digits.size() || bits > most) return std::nullopt;
  network.bits_ = bits + 128 - most;
  return network;
}

bool Network::contains(const base::Address& address) const noexcept {
  const auto& mine = address_.bytes();
  const auto& theirs = address.bytes();
  for (std::size_t i = 0; i < 16; ++i) {
    if (i * 8 >= bits_) return true;
    const unsigned left = bits_ - static_cast<unsigned>(i) * 8;
    const unsigned mask = left >= 8 ? 0xffU : 0xffU << (8 - left) & 0xffU;
    if (((mine[i] ^ theirs[i]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace pastmon::web
