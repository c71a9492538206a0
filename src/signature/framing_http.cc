// SPDX-License-Identifier: MIT
// Framing `http`: HTTP/1 messages (RFC 9112), and those of SIP (RFC 3261) and RTSP (RFC 2326), which look the same.
// A start line, header lines up to an empty one, then a body: by Content-Length, in chunks, up to the close, or none.
#include "framing_text.h"

namespace pastmon::signature {
namespace {

enum Phase : std::uint8_t { start_line, header, chunk_size, chunk_end, trailer };
enum Flag : std::uint32_t { chunked = 1, has_length = 2, no_body = 4, to_close = 8, short_names = 16 };
constexpr std::size_t kInterleavedHead = 4;

bool is_token(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/// "HTTP/1.1 200 OK", "SIP/2.0 180 Ringing"
bool read_status_line(std::string_view line, FramingState& state, std::uint8_t request_tag) noexcept {
  const std::size_t blank = line.find(' ');
  const bool icy = line.starts_with("ICY ");  // what Shoutcast says instead of HTTP/1.0
  if (!icy && (blank < 5 || blank > 16 || line.find('/') > blank)) return false;
  std::string_view rest = line.substr(blank + 1);
  const std::uint64_t status = text::take_number(rest);
  if (status < 100 || status > 999) return false;
  if (status < 200 || status == 204 || status == 304 || request_tag == kTagHead) state.flags |= no_body;
  if (request_tag == kTagConnect && status < 300) state.flags |= no_body;
  if (icy || line.starts_with("HTTP/")) state.flags |= to_close;
  return true;
}

/// "GET /path HTTP/1.1": a token and something behind it.
bool read_request_line(std::string_view line, FramingState& state) noexcept {
  std::size_t n = 0;
  while (n < line.size() && is_token(line[n])) ++n;
  if (n == 0 || n > 32 || n + 1 >= line.size() || line[n] != ' ') return false;
  const std::string_view method = line.substr(0, n);
  state.tag = method == "HEAD" ? kTagHead : method == "CONNECT" ? kTagConnect : 0;
  return true;
}

bool read_header(std::string_view line, FramingState& state, bool from_client) noexcept {
  const char first = text::lower(line.front());
  if (first != 'c' && first != 't' && first != 'l') return true;
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  if ((colon == 14 && text::begins(line, "content-length")) ||
      (colon == 1 && first == 'l' && (state.flags & short_names) != 0)) {
    state.count = text::take_number(value);
    if (state.count == text::kNoNumber) return !from_client;  // some servers say -1: no length
    state.flags |= has_length;
  } else if (colon == 17 && text::begins(line, "transfer-encoding")) {
    while (!value.empty() && !text::begins(value, "chunked")) value.remove_prefix(1);
    if (!value.empty()) state.flags |= chunked;
  }
  return true;
}

Step end_of_header(FramingState& state, bool from_client, std::size_t used) noexcept {
  const std::uint32_t flags = state.flags;
  if ((flags & no_body) == 0 && (flags & chunked) != 0) {
    state.phase = chunk_size;
    return step::part(used);
  }
  state.phase = start_line;
  if ((flags & no_body) != 0) return step::end(used);
  if ((flags & has_length) != 0) return step::end(used, state.count);
  return step::end(used, !from_client && (flags & to_close) != 0 ? kForever : 0);
}

/// "1a;name=value" → 26; kNoNumber when it is no size.
std::uint64_t read_chunk_size(std::string_view line) noexcept {
  std::uint64_t value = 0;
  std::size_t i = 0;
  for (; i < line.size(); ++i) {
    const char c = text::lower(line[i]);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) break;
    value = value << 4U | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
    if (value > text::kMaxNumber) return text::kNoNumber;
  }
  const bool clean = i > 0 && (i == line.size() || line[i] == ';' || line[i] == ' ' || line[i] == '\t');
  return clean ? value : text::kNoNumber;
}

bool is_between(std::uint8_t first) noexcept { return first == '$' || first == '\r' || first == '\n'; }

/// What stands between the messages of SIP and RTSP is a message of its own: sound and picture in RTSP (RFC
/// 2326, 10.12:
/// '$', a channel, a length), and the empty lines that keep a SIP connection open (RFC 5626, 3.5.1).
Step between_messages(Bytes bytes) noexcept {
  const std::uint8_t* p = bytes.data;
  if (p[0] == '\n') return step::end(1);
  if (p[0] == '\r' && bytes.size > 1) return p[1] == '\n' ? step::end(2) : step::bad();
  if (bytes.size < kInterleavedHead) return step::more(bytes);
  return step::end(kInterleavedHead, std::uint64_t{p[2]} << 8U | p[3]);
}

Step need(std::size_t used, Bytes left) noexcept { return used > 0 ? step::part(used) : step::more(left); }

}  // namespace

Step frame_http(FramingState& state, const FramingContext& context, Bytes bytes) noexcept {
  std::size_t used = 0;
  if (context.both_ways && state.phase == start_line && is_between(bytes.data[0])) return between_messages(bytes);
  while (true) {
    const Bytes left{bytes.data + used, bytes.size - used};
    if (state.phase == start_line && left.size > 0 && !is_token(static_cast<char>(left.data[0])) &&
        left.data[0] != '\r' && left.data[0] != '\n') {
      return step::bad();
    }
    const std::size_t n = text::line_size(left.data, left.size);
    if (n == 0) return state.phase == start_line ? step::more(bytes) : need(used, left);
    const std::string_view line = text::line_text(left.data, n);
    used += n;
    switch (state.phase) {
      case start_line:
        if (line.empty()) {  // RFC 9112, 2.2: an empty line before a message is passed over
          if (used > 8) return step::bad();
          state.hidden = static_cast<std::uint16_t>(used);
          if (used == bytes.size) return {Step::Kind::more, 0, 0};
          continue;
        }
        state = {.phase = header, .hidden = static_cast<std::uint16_t>(used - n)};
        if (line.starts_with("SIP/") || line.ends_with(" SIP/2.0")) state.flags = short_names;
        if (!(context.from_client ? read_request_line(line, state)
                                  : read_status_line(line, state, context.request_tag))) {
          return step::bad();
        }
        break;
      case header:
        if (line.empty()) return end_of_header(state, context.from_client, used);
        if (!read_header(line, state, context.from_client)) return step::bad();
        break;
      case chunk_size: {
        const std::uint64_t size = read_chunk_size(line);
        if (size == text::kNoNumber) return step::bad();
        state.phase = size > 0 ? chunk_end : trailer;
        if (size > 0) return step::part(used, size);
        break;
      }
      case chunk_end:
        if (!line.empty()) return step::bad();
        state.phase = chunk_size;
        break;
      default:
        if (line.empty()) {
          state.phase = start_line;
          return step::end(used);
        }
        break;
    }
  }
}

}  // namespace pastmon::signature
