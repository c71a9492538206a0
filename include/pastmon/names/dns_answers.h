// SPDX-License-Identifier: MIT
// Addresses and the names that they were asked for, out of DNS responses seen on the wire (RFC 1035, RFC 3596; also
// multicast DNS, RFC 6762).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "pastmon/base/address.h"

namespace pastmon::names {

/// One address of an answer.
struct AnsweredAddress {
  base::Address address;
  std::string name;  ///< what the client asked for: the start of the chain of aliases (CNAME) that leads to the
                     ///< address. Lower case, without a final dot; dots and backslashes inside a label stand behind
                     ///< a backslash, control characters as \DDD; other bytes as they are (see clean_host_name)
  std::uint32_t ttl = 0;  ///< seconds, of the address record
};

inline constexpr std::size_t kMaxAnswers = 64;  ///< records of one message that are looked at

/// Appends the addresses of a response's answer section to `out`. `message` begins at the DNS header (over TCP: behind
/// the length). A record counts only when its owner is the question's name or an alias that the question leads to; in
/// multicast DNS, without a question, the owner is the name. False: the message is no response, reports an error, or
/// breaks off (what came before that is appended all the same).
bool read_dns_answers(std::span<const std::uint8_t> message, std::vector<AnsweredAddress>& out);

}  // namespace pastmon::names
