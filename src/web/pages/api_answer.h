// SPDX-License-Identifier: MIT
// What the answers of api/v1 share: parts of long lists, problems, what is missing in figures.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "database_reader.h"
#include "pastmon/base/json.h"
#include "request.h"
#include "response.h"
#include "services.h"

namespace pastmon::web::pages {

/// One part of a list: `page` (from 1) of `limit` entries.
struct Part {
  static constexpr std::size_t kUsual = 100;
  static constexpr std::size_t kMost = 1000;
  std::size_t page = 1;
  std::size_t limit = kUsual;
  std::size_t offset() const noexcept { return (page - 1) * limit; }
};

/// From `page` and `limit`. A problem (400) when one is no number from 1 to its bound.
std::variant<Part, Response> read_part(const Request& request);

/// "page", "limit", and "next": the address of the next part, where there is one.
void set_part(base::Json& json, const Request& request, const Part& part, bool more);

/// The entries of `all` that are in the part.
template <class T>
std::vector<const T*> part_of(const std::vector<T>& all, const Part& part) {
  std::vector<const T*> entries;
  for (std::size_t i = part.offset(); i < all.size() && entries.size() < part.limit; ++i) entries.push_back(&all[i]);
  return entries;
}

/// 503: the database cannot be reached, or a query failed.
Response database_problem(std::string_view error);

/// The answer, with "warnings" where figures lack something.
Response complete(base::Json json, const std::vector<std::string>& warnings);

}  // namespace pastmon::web::pages
