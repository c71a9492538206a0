// SPDX-License-Identifier: MIT
#include "pastmon/names/http_host.h"

#include "pastmon/base/text.h"
#include "pastmon/names/host_name.h"

namespace pastmon::names {
namespace {

/// Takes a line and what ends it off the front; false when it is not all there.
bool take_line(std::string_view& rest, std::string_view& line) {
  const std::size_t end = rest.find('\n');
  if (end == std::string_view::npos) return false;
  line = rest.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  rest.remove_prefix(end + 1);
  return true;
}

}  // namespace

std::string read_http_host(std::string_view request) {
  std::string_view line;
  if (!take_line(request, line)) return {};
  const std::size_t target = line.find(' ');
  if (target == std::string_view::npos || target + 1 >= line.size() || line[target + 1] != '/') return {};
  constexpr std::string_view field = "host:";
  while (take_line(request, line) && !line.empty()) {
    if (line.size() < field.size() || base::lower(line.substr(0, field.size())) != field) continue;
    std::string_view host = base::trim(line.substr(field.size()));
    host = host.substr(0, host.find(':'));
    return dns_host_name(host).value_or(std::string());
  }
  return {};
}

}  // namespace pastmon::names
