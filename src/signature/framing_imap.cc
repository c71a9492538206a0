// SPDX-License-Identifier: MIT
// Framing `imap`: lines that may contain literals (RFC 9051, 4.3; RFC 7888): a line that ends in {n}, {n+} or ~{n}
// is followed by n bytes, and then goes on. `count`: bytes of a literal that the client sends only when it is asked to.
#include "framing_text.h"

namespace pastmon::signature {
namespace {

/// Bytes of the literal that the line announces; kNoNumber: none.
std::uint64_t literal(std::string_view line) noexcept {
  if (line.empty() || line.back() != '}') return text::kNoNumber;
  const std::size_t brace = line.rfind('{');
  if (brace == std::string_view::npos) return text::kNoNumber;
  std::string_view number = line.substr(brace + 1);
  const std::uint64_t n = text::take_number(number);
  return number == "}" || number == "+}" || number == "-}" ? n : text::kNoNumber;
}

/// True for a literal that is sent only when the server has asked for it: not {n+} or {n-}.
bool waits(std::string_view line) noexcept { return line.size() > 1 && line[line.size() - 2] >= '0'; }

}  // namespace

Step frame_imap(FramingState& state, Bytes bytes) noexcept {
  const std::size_t n = text::line_size(bytes.data, bytes.size);
  if (n == 0) return step::more(bytes);
  const std::uint64_t follows = literal(text::line_text(bytes.data, n));
  state.phase = follows != text::kNoNumber ? 1 : 0;
  state.count = follows != text::kNoNumber && waits(text::line_text(bytes.data, n)) ? follows : 0;
  return follows != text::kNoNumber ? step::part(n, follows) : step::end(n);
}

}  // namespace pastmon::signature
