// SPDX-License-Identifier: MIT
#include "seen_signatures.h"

#include <algorithm>

#include "pastmon/base/text.h"

namespace pastmon::admin {
namespace {

constexpr std::size_t kShownWord = 24, kShownBytes = 8, kShownUnknown = 32, kShownGroup = 40;

bool printable(char c) noexcept { return c > ' ' && c < 0x7f; }

std::string escaped(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') {
      text += "\\\\";
    } else if (c == ' ' || printable(c)) {
      text += c;
    } else if (c == '\r' || c == '\n' || c == '\t') {
      text += c == '\r' ? "\\r" : c == '\n' ? "\\n" : "\\t";
    } else {
      text += {'\\', 'x', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return text;
}

std::string shortened(std::string_view message, std::size_t shown) {
  const std::string text = base::cat('"', escaped(message.substr(0, shown)), '"');
  return message.size() > shown ? base::cat(text, " and ", message.size() - shown, " more bytes") : text;
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (const char c : bytes.substr(0, kShownGroup)) {
    const auto byte = static_cast<unsigned char>(c);
    text += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  }
  return text;
}

}  // namespace

std::string beginning(std::string_view message) {
  const auto end = std::find_if_not(message.begin(), message.end(), printable);
  const auto word = static_cast<std::size_t>(end - message.begin());
  return shortened(message, word > 0 && word <= kShownWord ? word : kShownBytes);
}

std::string first_bytes(std::string_view message) { return shortened(message, kShownUnknown); }

void SeenSignatures::request(const signature::SeenRequest& request) {
  ++rows_[std::string(request.row)].requests;
  if (matches_.size() >= most_) return;
  Match match{request.at, *request.endpoints, std::string(request.row), {}};
  for (const signature::SeenGroup& group : request.groups) {
    const bool id = group.name.starts_with("id");
    match.groups += base::cat(match.groups.empty() ? "" : ", ", group.name, " = ",
                              id ? hex(group.bytes) : escaped(group.bytes.substr(0, kShownGroup)));
  }
  matches_.push_back(std::move(match));
}

void SeenSignatures::near_miss(const signature::NearMiss& miss) {
  ++all_misses_;
  if (misses_.size() >= most_) return;
  const bool unknown = miss.kind == signature::Near::nobody;
  const auto show = [unknown](std::string_view bytes) { return unknown ? first_bytes(bytes) : beginning(bytes); };
  misses_.push_back({miss.kind, miss.at, *miss.endpoints, std::string(miss.where), show(miss.bytes),
                     miss.answer.empty() ? std::string() : show(miss.answer)});
}

void SeenSignatures::transactions(const signature::Engine& engine, const signature::Records& records) {
  for (const signature::Transaction& t : records.transactions) {
    RowCount& row = rows_[std::string(engine.name(t.name))];
    const bool answered = t.outcome == signature::Outcome::answered;
    ++(answered ? row.answered : row.failed);
    row.errors += answered && t.error ? 1 : 0;
    if (!answered || t.waiting || t.response_begin == base::kNone) continue;
    const base::Micros time = std::max<base::Micros>(0, t.response_begin - t.request_end);
    row.least = row.times == 0 ? time : std::min<std::int64_t>(row.least, time);
    row.most = std::max<std::int64_t>(row.most, time);
    row.sum += time;
    ++row.times;
  }
}

}  // namespace pastmon::admin
