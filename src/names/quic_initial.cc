// SPDX-License-Identifier: MIT
#include "pastmon/names/quic_initial.h"

#include <algorithm>
#include <string_view>

#include "ask_once.h"
#include "quic_packet.h"
#include "span_text.h"

namespace pastmon::names {
namespace {

using Span = std::span<const std::uint8_t>;

constexpr std::size_t kMaxPieces = 64;  // of one ClientHello that do not touch each other
constexpr std::size_t kMaxPackets = 4;  // of one datagram that are looked at
constexpr std::uint64_t kPadding = 0, kPing = 1, kAck = 2, kAckEcn = 3, kCrypto = 6;

/// An acknowledgement: largest, delay, ranges, first range, then pairs; with ECN three counts more.
void skip_ack(base::Cursor& c, bool ecn) {
  quic_integer(c);
  quic_integer(c);
  const std::uint64_t ranges = quic_integer(c);
  quic_integer(c);
  for (std::uint64_t i = 0; i < 2 * ranges && c.ok(); ++i) quic_integer(c);
  for (int i = 0; ecn && i < 3; ++i) quic_integer(c);
}

}  // namespace

/// Decrypts within a rate.
struct QuicHellos::Crypto {
  explicit Crypto(std::uint32_t per_second, base::Micros now) : limit(per_second, now) {}
  InitialOpener opener;
  RateLimit limit;
  base::Micros newest = 0;
};

QuicHellos::QuicHellos(const Options& options) : options_(options) {
  options_.max_unfinished = std::max<std::size_t>(options_.max_unfinished, 1);
}
QuicHellos::~QuicHellos() = default;

void QuicHellos::expire(base::Micros now) {
  while (!order_.empty()) {
    const Hello& oldest = order_.front();
    const bool full = order_.size() > options_.max_unfinished;
    // A clock that stepped back must not keep anything for ever.
    if (!full && now >= oldest.since && now - oldest.since < options_.keep) return;
    if (!oldest.finished) ++counters_.given_up;
    index_.erase(oldest.id);
    order_.pop_front();
  }
}

QuicHellos::Hello& QuicHellos::hello_of(std::string_view id, base::Micros now) {
  std::string key(id);
  if (const auto known = index_.find(key); known != index_.end()) return *known->second;
  Hello& hello = order_.emplace_back();
  hello.id = key;
  hello.since = now;
  index_.emplace(std::move(key), std::prev(order_.end()));
  expire(now);
  return hello;
}

/// Notes the piece; false when it is beyond the bounds.
bool QuicHellos::take_piece(Hello& hello, std::uint64_t offset, Span piece) {
  if (offset > options_.max_hello || piece.size() > options_.max_hello - offset) return false;
  std::size_t from = static_cast<std::size_t>(offset);
  std::size_t to = from + piece.size();
  if (hello.bytes.size() < to) hello.bytes.resize(to);
  std::copy(piece.begin(), piece.end(), hello.bytes.begin() + static_cast<std::ptrdiff_t>(from));
  auto at = std::find_if(hello.have.begin(), hello.have.end(), [&](const auto& r) { return r.second >= from; });
  while (at != hello.have.end() && at->first <= to) {
    from = std::min(from, at->first);
    to = std::max(to, at->second);
    at = hello.have.erase(at);
  }
  if (hello.have.size() >= kMaxPieces) return false;
  hello.have.insert(at, {from, to});
  return true;
}

void QuicHellos::take_frames(Hello& hello, Span plain) {
  base::Cursor c(plain);
  while (c.has(1)) {
    const std::uint64_t type = quic_integer(c);
    if (type == kPadding || type == kPing) continue;
    if (type == kAck || type == kAckEcn) {
      skip_ack(c, type == kAckEcn);
    } else if (type == kCrypto) {
      const std::uint64_t offset = quic_integer(c);
      const std::uint64_t size = quic_integer(c);
      if (!c.ok() || size > c.left()) return;
      if (!take_piece(hello, offset, c.bytes(static_cast<std::size_t>(size)))) return;
    } else {
      return;  // nothing that a ClientHello comes with
    }
    if (!c.ok()) return;
  }
}

Span QuicHellos::read(Span datagram, base::Micros now) {
  if (!crypto_) crypto_ = std::make_unique<Crypto>(options_.max_per_second, now);
  if (now + base::kSecond < crypto_->newest) crypto_->limit = RateLimit(options_.max_per_second, now);
  crypto_->newest = now;
  expire(now);
  for (std::size_t i = 0; i < kMaxPackets; ++i) {
    const auto packet = read_long_packet(datagram);
    if (!packet) return {};
    if (!packet->initial) continue;
    const std::string_view id = text_of(packet->to);
    const auto known = index_.find(std::string(id));
    if (known != index_.end() && known->second->finished) continue;
    if (!crypto_->limit.take(now)) {
      ++counters_.passed;
      return {};
    }
    const auto plain = crypto_->opener.open(*packet);
    ++(plain ? counters_.decrypted : counters_.failed);
    if (!plain) continue;
    Hello& hello = hello_of(id, now);
    take_frames(hello, *plain);
    constexpr std::size_t head = 4;
    const bool begun = !hello.have.empty() && hello.have.front().first == 0;
    const std::size_t there = begun ? hello.have.front().second : 0;
    if (there < head) continue;
    const std::vector<std::uint8_t>& b = hello.bytes;
    const std::size_t size = head + (std::size_t{b[1]} << 16U | std::size_t{b[2]} << 8U | b[3]);
    if (there < size) continue;
    finished_.assign(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(size));
    version_ = packet->version;
    hello.finished = true;
    hello.bytes = {};
    hello.have = {};
    return finished_;
  }
  return {};
}

}  // namespace pastmon::names
