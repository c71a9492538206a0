// SPDX-License-Identifier: MIT
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pastmon/base/text.h"
#include "pastmon/config/settings.h"

namespace pastmon::config {
namespace {

/// "limits.max_flows" → its line.
std::map<std::string, std::string> lines_by_key(const std::string& effective) {
  std::map<std::string, std::string> lines;
  std::string group;
  for (const std::string_view line : base::split(effective, '\n')) {
    const std::string_view text = base::trim(line);
    const auto end = text.find_first_of(" :=");
    if (text.ends_with(": {")) {
      group = base::cat(text.substr(0, end), ".");
    } else if (text.starts_with("}")) {
      group.clear();
    } else if (end != std::string_view::npos) {
      // Where a value comes from, behind it, is no part of it.
      lines.emplace(base::cat(group, text.substr(0, end)), std::string(base::trim(text.substr(0, text.rfind("// ")))));
    }
  }
  return lines;
}

}  // namespace

std::vector<std::string> changed_keys(const std::string& before, const std::string& after) {
  const auto old_lines = lines_by_key(before);
  const auto new_lines = lines_by_key(after);
  std::set<std::string> different;
  const auto compare = [&different](const auto& these, const auto& those) {
    for (const auto& [key, line] : these) {
      const auto other = those.find(key);
      if (other == those.end() || other->second != line) different.insert(key);
    }
  };
  compare(old_lines, new_lines);
  compare(new_lines, old_lines);
  return {different.begin(), different.end()};
}

}  // namespace pastmon::config
