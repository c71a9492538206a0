// SPDX-License-Identifier: MIT
// Row names such as "DNS {type}": every name that a signature can give is known when it is compiled (each group has a
// closed list, what is not in it is "OTHER"), so that naming a transaction makes no text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pastmon/base/regex.h"
#include "pastmon/base/result.h"
#include "pastmon/config/signature_spec.h"

namespace pastmon::signature {

/// More names than this in one signature are refused.
inline constexpr std::size_t kMaxNames = 4096;

class NameTemplate {
 public:
  /// `groups`: of the pattern that names (null: the name has no groups). The error has no place in a file.
  static base::Result<NameTemplate> compile(std::string_view text, const std::vector<config::NameValues>& values,
                                            bool fold_case, const base::Regex* pattern);

  /// All names; an index into them is what index() gives.
  const std::vector<std::string>& names() const noexcept { return names_; }
  std::uint32_t index(const base::MatchState& match) const noexcept;
  /// The name of a message of which nothing is known: OTHER in every place.
  std::uint32_t other() const noexcept { return 0; }
  bool constant() const noexcept { return groups_.empty(); }
  /// Does this group of the pattern stand in the name?
  bool has_group(std::uint32_t number) const noexcept;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>()(s); }
  };
  struct Group {
    std::vector<std::uint32_t> numbers;  ///< of the pattern; several when the name stands several times
    std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> words;  ///< bytes → 1, 2, …; 0 is OTHER
    std::vector<std::string> texts;                                               ///< [0] is OTHER
    std::uint32_t stride = 1;
    std::size_t longest = 0;
  };
  static base::Result<Group> compile_group(const std::string& name, const std::vector<config::NameValues>& values,
                                           bool fold_case, const base::Regex* pattern);
  std::uint32_t word(const Group& group, std::string_view value) const noexcept;

  std::vector<std::string> names_;
  std::vector<Group> groups_;
  bool fold_case_ = false;
};

}  // namespace pastmon::signature
