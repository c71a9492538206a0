// SPDX-License-Identifier: MIT
#include "name_template.h"

#include <algorithm>
#include <array>

#include "pastmon/base/text.h"

namespace pastmon::signature {
namespace {

constexpr std::string_view kOther = "OTHER";
constexpr std::size_t kMaxValue = 64;

struct Part {
  std::string literal;  ///< in front of …
  std::string group;    ///< … this group; empty: the end of the name
};

base::Result<std::vector<Part>> parse(std::string_view text) {
  std::vector<Part> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '}') return base::Error{"'}' without '{' in the name"};
    if (text[i] != '{') {
      parts.back().literal.push_back(text[i]);
      continue;
    }
    const std::size_t close = text.find('}', i);
    if (close == std::string_view::npos || close == i + 1)
      return base::Error{"'{' without a group and '}' in the name"};
    parts.back().group = std::string(text.substr(i + 1, close - i - 1));
    parts.emplace_back();
    i = close;
  }
  return parts;
}

}  // namespace

base::Result<NameTemplate::Group> NameTemplate::compile_group(const std::string& name,
                                                              const std::vector<config::NameValues>& values,
                                                              bool fold_case, const base::Regex* pattern) {
  Group group;
  if (pattern != nullptr) {
    for (const base::Regex::Group& g : pattern->groups()) {
      if (g.name == name) group.numbers.push_back(g.number);
    }
  }
  if (group.numbers.empty())
    return base::Error{base::cat("the name asks for group '", name, "', which the pattern lacks")};
  const auto list = std::find_if(values.begin(), values.end(), [&](const auto& v) { return v.group == name; });
  if (list == values.end()) return base::Error{base::cat("group '", name, "' of the name has no list in 'values'")};
  group.texts.emplace_back(kOther);
  for (const config::NameValues::Word& word : list->words) {
    if (word.bytes.size() > kMaxValue) return base::Error{base::cat("value '", word.word, "' is longer than 64 bytes")};
    const auto known = std::find(group.texts.begin(), group.texts.end(), word.word);
    const auto number = static_cast<std::uint32_t>(known - group.texts.begin());
    if (known == group.texts.end()) group.texts.push_back(word.word);
    if (!group.words.emplace(fold_case ? base::lower(word.bytes) : word.bytes, number).second) {
      return base::Error{base::cat("the bytes of value '", word.word, "' stand twice in the list of '", name, "'")};
    }
    group.longest = std::max(group.longest, word.bytes.size());
  }
  return group;
}

base::Result<NameTemplate> NameTemplate::compile(std::string_view text, const std::vector<config::NameValues>& values,
                                                 bool fold_case, const base::Regex* pattern) {
  auto parts = parse(text);
  if (!parts) return parts.error();
  NameTemplate result;
  result.fold_case_ = fold_case;
  result.names_.emplace_back();
  for (const Part& part : *parts) {
    for (std::string& name : result.names_) name += part.literal;
    if (part.group.empty()) continue;
    auto group = compile_group(part.group, values, fold_case, pattern);
    if (!group) return group.error();
    group->stride = static_cast<std::uint32_t>(result.names_.size());
    if (result.names_.size() * group->texts.size() > kMaxNames) {
      return base::Error{base::cat("more than ", kMaxNames, " different names")};
    }
    std::vector<std::string> longer;
    for (const std::string& word : group->texts) {
      for (const std::string& name : result.names_) longer.push_back(name + word);
    }
    result.names_ = std::move(longer);
    result.groups_.push_back(std::move(*group));
  }
  for (const config::NameValues& list : values) {
    const bool used = std::any_of(parts->begin(), parts->end(), [&](const Part& p) { return p.group == list.group; });
    if (!used) return base::Error{base::cat("'values' has a list for '", list.group, "', which the name does not use")};
  }
  return result;
}

bool NameTemplate::has_group(std::uint32_t number) const noexcept {
  return std::any_of(groups_.begin(), groups_.end(), [number](const Group& group) {
    return std::find(group.numbers.begin(), group.numbers.end(), number) != group.numbers.end();
  });
}

std::uint32_t NameTemplate::word(const Group& group, std::string_view value) const noexcept {
  if (value.empty() || value.size() > group.longest) return 0;
  std::array<char, kMaxValue> folded;
  if (fold_case_) {
    std::transform(value.begin(), value.end(), folded.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    value = {folded.data(), value.size()};
  }
  const auto found = group.words.find(value);
  return found == group.words.end() ? 0 : found->second;
}

std::uint32_t NameTemplate::index(const base::MatchState& match) const noexcept {
  std::uint32_t index = 0;
  for (const Group& group : groups_) {
    for (const std::uint32_t number : group.numbers) {
      if (!match.group_set(number)) continue;
      index += group.stride * word(group, match.group(number));
      break;
    }
  }
  return index;
}

}  // namespace pastmon::signature
