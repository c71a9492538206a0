// SPDX-License-Identifier: MIT
// Recognises services, frames their messages, pairs requests with responses. One engine per capture thread, beside
// its tracker. Never throws; its memory is bounded by its options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/config/signature_spec.h"
#include "pastmon/flow/segment.h"
#include "pastmon/signature/record.h"
#include "pastmon/signature/watch.h"

namespace pastmon::signature {

/// The set of signatures, compiled. Immutable; engines share it (std::shared_ptr), also across threads.
class SignatureSet {
 public:
  /// Errors name file:line of the signature: bad pattern, unknown group in a name, name that stands twice, a framing
  /// that lacks what it needs.
  static base::Result<std::shared_ptr<const SignatureSet>> compile(const std::vector<config::ServiceSpec>& services);
  ~SignatureSet();
  struct Impl;
  const Impl& impl() const noexcept { return *impl_; }
  std::size_t size() const noexcept;
  /// The transactions of a row with this name are a guess by turns: `estimated`, and what nothing recognised.
  bool estimated(std::string_view name) const;
  bool jit() const noexcept;  ///< false: this machine refused PCRE2's JIT

 private:
  SignatureSet();
  std::unique_ptr<Impl> impl_;
};

struct Options {
  std::size_t max_open = 100'000;          ///< open requests over all conversations
  std::size_t max_open_per_flow = 10'000;  ///< pipelined requests waiting in one conversation
  std::size_t max_message = 64U << 10U;  ///< bytes kept of a header line cut by segments (bodies are skipped by count)
  std::size_t max_held = 64U << 20U;     ///< bytes held over all conversations: unmatched beginnings, cut messages
  base::Micros hold_time = 3 * base::kSecond;      ///< how long the unmatched beginning of a flow is held …
  std::size_t hold_bytes = 256;                    ///< … and how many of its bytes
  std::size_t max_expected = 10'000;               ///< announced connections (`expect`) that are waited for …
  base::Micros expect_time = 120 * base::kSecond;  ///< … and how long
};

/// What one signature has done since the start. Views stay valid as long as the engine.
struct SignatureCount {
  std::string_view where;     ///< "http.conf:12"
  std::string_view name;      ///< as it stands there: "HTTP {method}"
  bool loaded = false;        ///< in the newest set; else of one from before a reload
  std::uint64_t matches = 0;  ///< requests that it recognised; repeated ones count once
  std::uint64_t near = 0;     ///< beginnings and answers that fitted in part: Near::alone, unpaired, response
};

/// Totals since the start, for the Internal page.
struct Counters {
  std::uint64_t conversations = 0;       ///< now
  std::uint64_t open_requests = 0;       ///< now
  std::uint64_t held_bytes = 0;          ///< now
  std::uint64_t refused_requests = 0;    ///< not followed because a bound was reached
  std::uint64_t refused_expected = 0;    ///< announced connections not waited for because a bound was reached
  std::uint64_t unpaired_responses = 0;  ///< a response without a request that we saw
  std::uint64_t lost_transactions = 0;   ///< given up because bytes of them were never seen
  std::uint64_t framing_errors = 0;      ///< a message that did not keep to its framing; the stream is taken up again
  std::uint64_t unread_headers = 0;      ///< HTTP/2 header blocks not read: after a loss, a frame too long, or too many
  std::uint64_t regex_limit_hits = 0;
  std::uint64_t matches = 0;  ///< the sum over all signatures
  std::uint64_t near = 0;     ///< likewise
};

class Engine {
 public:
  Engine(std::shared_ptr<const SignatureSet> signatures, const Options& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Takes what the tracker said and replaces the contents of `out` by what it means. Time-outs due at `now` (capture
  /// clock; the time of the newest packet, or the wall clock of an idle line) come first.
  void process(const flow::Events& events, base::Micros now, Records& out);

  /// The capture has ended (after the tracker's last `end` events): whatever is still open ends. Replaces `out`.
  void finish(base::Micros now, Records& out);

  /// New conversations use the new set; those already recognised keep theirs. Names keep their ids.
  void reload(std::shared_ptr<const SignatureSet> signatures);

  /// The text of a row name; stays valid as long as the engine.
  std::string_view name(NameId id) const noexcept;

  Counters counters() const;
  /// By signature: each that was ever loaded, by place and name.
  std::vector<SignatureCount> signature_counts() const;

  /// From now on `watch` is told what signatures match; it must live as long as the engine. Null: nobody watches.
  void watch(Watch* watch) noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::signature
