// SPDX-License-Identifier: MIT
// Framing `memcached`: the text protocol with its data blocks, meta commands, and the binary protocol.
//   set|add|replace|append|prepend|cas KEY FLAGS EXPTIME BYTES [CAS] [noreply]  CR LF  data  CR LF
//   ms KEY BYTES FLAGS…  CR LF  data  CR LF
//   VALUE KEY FLAGS BYTES [CAS]  CR LF  data  CR LF          VA BYTES FLAGS…  CR LF  data  CR LF
// Binary: a head of 24 bytes, magic 0x80 (request) or 0x81 (response), total body length in bytes 8 to 11.
// A text response of several lines (VALUE … END) is several messages.
#include "framing_text.h"

namespace pastmon::signature {
namespace {

constexpr std::size_t kBinaryHead = 24;
constexpr std::uint64_t kMaxBody = 1ULL << 30U;

/// The number in word `index` (the command is word 0).
std::uint64_t number_at(std::string_view line, int index) noexcept {
  for (int i = 0; i < index; ++i) text::take_word(line);
  std::string_view word = text::take_word(line);
  const std::uint64_t n = text::take_number(word);
  return word.empty() ? n : text::kNoNumber;
}

/// Word that holds the size of the data block behind this line; 0: there is none.
int size_word(std::string_view command, bool from_client) noexcept {
  if (!from_client) return command == "VALUE" ? 3 : command == "VA" ? 1 : 0;
  for (const std::string_view storage : {"set", "add", "replace", "append", "prepend", "cas"}) {
    if (command == storage) return 4;
  }
  return command == "ms" ? 2 : 0;
}

Step binary(Bytes bytes) noexcept {
  if (bytes.size < kBinaryHead) return step::more(bytes);
  const std::uint8_t* p = bytes.data + 8;
  const std::uint64_t body = std::uint64_t{p[0]} << 24U | std::uint64_t{p[1]} << 16U | std::uint64_t{p[2]} << 8U | p[3];
  return body > kMaxBody ? step::bad() : step::end(kBinaryHead, body);
}

}  // namespace

Step frame_memcached(FramingState& /*state*/, const FramingContext& context, Bytes bytes) noexcept {
  if (bytes.data[0] == (context.from_client ? 0x80 : 0x81)) return binary(bytes);
  if (bytes.data[0] >= 0x80) return step::bad();
  const std::size_t n = text::line_size(bytes.data, bytes.size);
  if (n == 0) return step::more(bytes);
  const std::string_view line = text::line_text(bytes.data, n);
  std::string_view rest = line;
  const int word = size_word(text::take_word(rest), context.from_client);
  if (word == 0) return step::end(n);
  const std::uint64_t size = number_at(line, word);
  return size > kMaxBody ? step::bad() : step::end(n, size + 2);
}

}  // namespace pastmon::signature
