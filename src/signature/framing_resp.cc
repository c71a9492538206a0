// SPDX-License-Identifier: MIT
// Framing `resp`: values of the Redis serialization protocol, RESP2 and RESP3, and inline commands of a client. An
// aggregate announces how many values follow it; they are counted in one number, whatever the nesting.
#include "framing_text.h"

namespace pastmon::signature {
namespace {

constexpr std::uint64_t kMaxElements = 1ULL << 32U;

/// What follows a header line.
struct Header {
  bool good = false;
  std::uint64_t elements = 0;  ///< values that follow and belong to this one
  std::uint64_t bytes = 0;     ///< bytes that follow
  bool counts = true;          ///< false: an attribute, the value itself is still to come
};

Header read_header(std::string_view line) noexcept {
  const char type = line.front();
  std::string_view rest = line.substr(1);
  switch (type) {
    case '+':
    case '-':
    case ',':
    case '(':
      return {true};
    case ':':
      return {!rest.empty()};
    case '_':
      return {rest.empty()};
    case '#':
      return {rest == "t" || rest == "f"};
    default:
      break;
  }
  const std::string_view known = "$=!*~>%|";
  if (known.find(type) == std::string_view::npos) return {};
  if (rest == "-1") return {type == '$' || type == '*'};
  const std::uint64_t n = text::take_number(rest);
  if (n == text::kNoNumber || !rest.empty()) return {};
  if (type == '$' || type == '=' || type == '!') return {true, 0, n + 2};
  if (n > kMaxElements) return {};
  const bool pairs = type == '%' || type == '|';
  return {true, pairs ? 2 * n : n, 0, type != '|'};
}

}  // namespace

Step frame_resp(FramingState& state, const FramingContext& context, Bytes bytes) noexcept {
  std::size_t used = 0;
  if (state.phase == 0) state.count = 1;
  while (true) {
    const Bytes left{bytes.data + used, bytes.size - used};
    const std::size_t n = text::line_size(left.data, left.size);
    if (n == 0) return used > 0 ? step::part(used) : step::more(left);
    const std::string_view line = text::line_text(left.data, n);
    if (line.empty()) return state.phase == 0 && context.from_client ? step::end(n) : step::bad();  // asks for nothing
    const bool letter = text::lower(line.front()) >= 'a' && text::lower(line.front()) <= 'z';
    if (state.phase == 0 && context.from_client && letter) return step::end(n);  // an inline command
    const Header header = read_header(line);
    if (!header.good || state.count + header.elements > kMaxElements) return step::bad();
    used += n;
    state.count += header.elements;
    if (header.counts) --state.count;
    state.phase = state.count > 0 ? 1 : 0;
    if (state.count == 0) return step::end(used, header.bytes);
    const std::size_t here = bytes.size - used;
    if (header.bytes > here) return step::part(used, header.bytes);
    used += static_cast<std::size_t>(header.bytes);
    if (used == bytes.size) return step::part(used);
  }
}

}  // namespace pastmon::signature
