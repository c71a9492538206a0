// SPDX-License-Identifier: MIT
// Names inside a DNS message (RFC 1035, sections 3.1 and 4.1.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pastmon::names {

/// Reads the name at `at` of the message and moves `at` behind it. Text as AnsweredAddress::name; the root is "".
/// Nothing when the name leaves the message, is longer than 255 bytes, uses a reserved label type, or has a compression
/// pointer that does not point back to before the name.
std::optional<std::string> read_dns_name(std::span<const std::uint8_t> message, std::size_t& at);

}  // namespace pastmon::names
