// SPDX-License-Identifier: MIT
// Requests in chunks (SMTP's BDAT): each chunk is answered, but only the answer to the last one is the response. An
// error ends the request at once; the chunks that were on their way already are answered, too, and that means nothing.
#include <algorithm>

#include "engine_impl.h"

namespace pastmon::signature {

/// The decimal number in a group; 0 when it is none.
std::uint64_t decimal(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9' || value > (1ULL << 40U)) return 0;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

/// The first chunk of `r`. Its head is a command: only the bytes behind heads count as the request's.
void Engine::Impl::first_chunk(OpenRequest& r, const Message& m) {
  r.owed = 1;
  r.last_chunk = m.ends;
  r.request_begin = base::kNone;
  r.request_bytes = 0;
}

/// The client goes on with request `i`. False when the message is no chunk: then there will be no more of them.
bool Engine::Impl::next_chunk(Conversation& c, flow::Side side, std::uint32_t i, Bytes bytes, Message& m) {
  OpenRequest& r = open_[i];
  const Signature& s = *r.signature;
  if (!match(s.request, bytes)) {
    c.current[side] = kNoIndex;
    r.request_done = true;
    if (r.owed == 0) finish(i, r.response_done ? Outcome::answered : Outcome::aborted, m.last);
    return false;
  }
  m.extra = decimal(match_.group(s.request->skip));
  ++r.owed;
  r.last_chunk = match(s.request_end, bytes);
  if (r.response_begun) {  // it was refused before
    r.request_done = r.last_chunk;
    if (r.last_chunk) c.current[side] = kNoIndex;
  } else {
    m.request = i;
    m.role = Role::request;
    m.ends = r.last_chunk;
    r.request_end = std::max(r.request_end, m.last);
  }
  name_message(c, &streams_[c.streams].of[side], r.name, side);
  return true;
}

/// Is this an answer to a chunk that is not the last one, or to what was refused already? Then it is no response.
bool Engine::Impl::answers_chunk(Conversation& c, flow::Side side, std::uint32_t i, Bytes bytes) {
  OpenRequest& r = open_[i];
  const Signature& s = *r.signature;
  if (!r.response_done) {
    if (r.response_begun || (r.last_chunk && r.owed <= 1) || match(s.error, bytes) || !match(s.response, bytes))
      return false;
  }
  const auto client = static_cast<flow::Side>(1 - side);
  name_message(c, &streams_[c.streams].of[side], r.name, client);
  if (r.owed == 0 || (s.response_end != nullptr && !match(s.response_end, bytes))) return true;
  if (--r.owed == 0 && r.request_done) finish(i, r.response_done ? Outcome::answered : Outcome::aborted, clock_);
  return true;
}

}  // namespace pastmon::signature
