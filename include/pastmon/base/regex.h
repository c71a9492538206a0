// SPDX-License-Identifier: MIT
// PCRE2 over bytes, compiled once, JIT where the machine allows it, with limits that no pattern can exceed.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/base/result.h"

namespace pastmon::base {

/// A compiled pattern. Immutable; may be shared by threads (each thread brings its own MatchState).
class Regex {
 public:
  struct Options {
    bool anchored = false;  ///< match only at the start of the subject
    bool ignore_case = false;
    bool utf = false;     ///< subject and pattern are UTF-8 (invalid bytes never match); else plain bytes
    bool dot_all = true;  ///< '.' also matches a newline
    std::uint32_t match_limit = 10'000;  ///< steps before a match is given up (PCRE2 match limit)
    std::uint32_t depth_limit = 1'000;   ///< PCRE2 depth limit, without JIT
    std::size_t max_pattern = 16'384;    ///< bytes; longer patterns are refused
  };
  struct Group {
    std::string name;
    std::uint32_t number = 0;
  };

  /// The error says what is wrong and at which offset of the pattern.
  static Result<Regex> compile(std::string_view pattern, const Options& options);

  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;
  ~Regex();

  /// Named groups; a name that stands several times ((?J)) is listed several times.
  const std::vector<Group>& groups() const noexcept;
  bool jit() const noexcept;  ///< false: the machine refused to make code (three times slower)

  /// The bytes that a match of an anchored pattern may begin with (perhaps a few too many, never one too few): for
  /// tables that choose the patterns worth trying. Costs 256 short matches.
  std::bitset<256> first_bytes() const;

 private:
  friend class MatchState;
  struct Impl;
  explicit Regex(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// What one thread needs to match: result offsets and scratch memory, reused from call to call.
class MatchState {
 public:
  MatchState();
  MatchState(MatchState&&) noexcept;
  MatchState& operator=(MatchState&&) noexcept;
  ~MatchState();

  /// True when the pattern is found. A match that exceeds its limits counts as none and in `limit_hits`.
  bool match(const Regex& regex, const std::uint8_t* data, std::size_t size) noexcept;
  bool match(const Regex& regex, std::string_view text) noexcept {
    return match(regex, reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  }

  /// After a match: group `number` (0: the whole) as bytes of the subject; empty when it took no part.
  std::string_view group(std::uint32_t number) const noexcept;
  bool group_set(std::uint32_t number) const noexcept;
  std::size_t end() const noexcept;  ///< offset behind the whole match
  std::uint64_t limit_hits() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace pastmon::base
