// SPDX-License-Identifier: MIT
// Host names come from the network: whoever answers a DNS question chooses their bytes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pastmon::names {

inline constexpr std::size_t kMaxHostName = 255;  ///< bytes

/// A name that may be stored and shown: valid UTF-8, no control characters, none that change the direction of text or
/// are not seen at all, ASCII letters in lower case, no final dot, 1 to 255 bytes. What is broken or not allowed
/// becomes U+FFFD. Nothing when the name is empty or too long. HTML and SQL are the business of those who write them.
std::optional<std::string> clean_host_name(std::string_view bytes);

/// A name that a host can have in DNS, for names that a client sends (SNI, Host, DHCP): labels of 1 to 63 letters,
/// digits, hyphens and underscores between dots, at most 253 bytes, in lower case, without a final dot, and no address.
std::optional<std::string> dns_host_name(std::string_view bytes);

}  // namespace pastmon::names
