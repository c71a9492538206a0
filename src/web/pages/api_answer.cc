// SPDX-License-Identifier: MIT
#include "pages/api_answer.h"

#include <charconv>
#include <utility>

#include "pastmon/base/text.h"
#include "query_state.h"
#include "url.h"

namespace pastmon::web::pages {
namespace {

std::optional<std::size_t> number_up_to(std::string_view text, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > most) return std::nullopt;
  return value;
}

}  // namespace

std::variant<Part, Response> read_part(const Request& request) {
  Part part;
  const auto read = [&](std::string_view name, std::size_t most, std::size_t& into) {
    const std::string_view text = request.query.get(name);
    if (text.empty()) return true;
    const auto value = number_up_to(text, most);
    if (value) into = *value;
    return value.has_value();
  };
  if (!read("limit", Part::kMost, part.limit)) {
    return Response::problem(400, "Bad limit", base::cat("limit is a number from 1 to ", Part::kMost, "."));
  }
  if (!read("page", QueryState::kMaxPage, part.page)) {
    return Response::problem(400, "Bad page", base::cat("page is a number from 1 to ", QueryState::kMaxPage, "."));
  }
  return part;
}

void set_part(base::Json& json, const Request& request, const Part& part, bool more) {
  json.set("page", part.page).set("limit", part.limit);
  if (!more || part.page >= QueryState::kMaxPage) return;
  UrlBuilder next(request.path);
  for (const auto& [name, value] : request.query.all()) {
    if (name != "page") next.add(name, value);
  }
  json.set("next", next.add("page", base::cat(part.page + 1)).str());
}

Response database_problem(std::string_view error) {
  return Response::problem(503, "The database cannot be reached", error);
}

Response complete(base::Json json, const std::vector<std::string>& warnings) {
  base::Json list = base::Json::array();
  for (const std::string& line : warnings) list.push(line);
  if (!warnings.empty()) json.set("warnings", std::move(list));
  return Response::json(json);
}

}  // namespace pastmon::web::pages
