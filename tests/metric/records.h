// SPDX-License-Identifier: MIT
// Records as the signature module makes them, for tests.
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

#include "pastmon/signature/record.h"

namespace pastmon::testing_support {

inline base::Address address(std::uint32_t number) {
  const std::uint8_t bytes[4] = {10, static_cast<std::uint8_t>(number >> 16U), static_cast<std::uint8_t>(number >> 8U),
                                 static_cast<std::uint8_t>(number)};
  return base::Address::v4(bytes);
}

/// Collects records; what they point to stays in place as long as this exists.
class RecordMaker {
 public:
  signature::PacketRecord& packet(signature::ConversationId conversation, signature::NameId name,
                                  const signature::Endpoints& endpoints, base::Micros at, bool from_client = true) {
    facts_.emplace_back().time = at;
    facts_.back().wire_bytes = 100;
    endpoints_.push_back(endpoints);
    return records.packets.emplace_back(
        signature::PacketRecord{conversation, name, &endpoints_.back(), &facts_.back(), from_client});
  }
  signature::Transaction& transaction(signature::ConversationId conversation, signature::NameId name,
                                      const signature::Endpoints& endpoints, base::Micros at,
                                      signature::Outcome outcome = signature::Outcome::answered) {
    endpoints_.push_back(endpoints);
    auto& t = records.transactions.emplace_back();
    t.conversation = conversation;
    t.name = name;
    t.endpoints = &endpoints_.back();
    t.at = at;
    t.outcome = outcome;
    return t;
  }
  flow::PacketFacts& last_facts() { return facts_.back(); }
  void clear() {
    records.clear();
    facts_.clear();
    endpoints_.clear();
  }

  signature::Records records;

 private:
  std::deque<flow::PacketFacts> facts_;
  std::deque<signature::Endpoints> endpoints_;
};

}  // namespace pastmon::testing_support
