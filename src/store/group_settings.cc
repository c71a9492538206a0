// SPDX-License-Identifier: MIT
// What an administrator says about groups of sensors, before any database is asked.
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "conninfo.h"
#include "pastmon/base/text.h"
#include "pastmon/store/federation.h"

namespace pastmon::store {

using base::cat;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t kLongestName = 32;  // with a table's name before it, it still fits into an identifier

bool name_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

}  // namespace

Result<void> check_group(const SensorGroup& group) {
  const bool named = !group.name.empty() && group.name.size() <= kLongestName;
  if (!named || !std::all_of(group.name.begin(), group.name.end(), name_letter)) {
    return Error{
        cat("group \"", base::escape_controls(group.name), "\": a name is 1 to 32 letters, digits, '_', '-' and '.'")};
  }
  const Result<std::map<std::string, std::string>> conninfo = parse_conninfo(group.conninfo);
  if (!conninfo) return Error{cat("group ", group.name, ": ", conninfo.message())};
  return {};
}

Result<void> read_group_passwords(const std::string& file, std::vector<SensorGroup>& groups) {
  struct stat status {};
  std::ifstream in(file);
  if (!in || ::stat(file.c_str(), &status) != 0) return Error{cat("cannot read ", file, ": ", std::strerror(errno))};
  if ((status.st_mode & S_IROTH) != 0) return Error{cat(file, " holds passwords and everybody may read it: chmod o-r")};
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (base::trim(line).empty() || line.front() == '#') continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.find('\0') != std::string::npos)
      return Error{cat(file, ":", number, ": not GROUP:PASSWORD")};
    const std::string name(base::trim(std::string_view(line).substr(0, colon)));
    const auto group = std::find_if(groups.begin(), groups.end(),
                                    [&name](const SensorGroup& candidate) { return candidate.name == name; });
    if (group == groups.end())
      return Error{cat(file, ":", number, ": no --group ", base::escape_controls(name), "=… was given")};
    group->password = line.substr(colon + 1);
  }
  return {};
}

}  // namespace pastmon::store
