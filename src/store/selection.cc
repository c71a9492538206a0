// SPDX-License-Identifier: MIT
#include "selection.h"

#include "pastmon/base/text.h"

namespace pastmon::store {

using base::cat;

bool selects_nothing(const Selection& selection) noexcept {
  const auto empty = [](const std::optional<std::vector<Id>>& ids) { return ids && ids->empty(); };
  return selection.to <= selection.from || empty(selection.signatures) || empty(selection.clients) ||
         empty(selection.servers) || empty(selection.sensors);
}

std::string selected_rows(const Connection& connection, const Selection& selection, const std::string& columns) {
  std::string where = cat(" WHERE bucket >= ", selection.from, " AND bucket < ", selection.to);
  const auto add = [&](const char* column, const std::optional<std::vector<Id>>& ids) {
    if (ids) where += " AND " + connection.in_ids(column, *ids);
  };
  add("signature", selection.signatures);
  add("client", selection.clients);
  add("server", selection.servers);
  add("sensor", selection.sensors);
  if (selection.port) where += cat(" AND port = ", *selection.port);
  const std::string select = cat("SELECT ", columns, " FROM ");
  if (selection.level == Level::two) return cat("(", select, "level_2", where, ")");
  return cat("(", select, "level_1", where, " UNION ALL ", select, "level_1_open", where, ")");
}

}  // namespace pastmon::store
