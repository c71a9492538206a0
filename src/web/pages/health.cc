// SPDX-License-Identifier: MIT
// /PasTmon/health: for monitoring systems, load balancers and start-up scripts. 200 when the database can be read, else
// 503; with max_data_age=SECONDS also 503 when the newest data is older than that.
#include <charconv>
#include <optional>
#include <string_view>

#include "format.h"
#include "pages/pages.h"
#include "pastmon/base/json.h"
#include "pastmon/config/command_line.h"

namespace pastmon::web::pages {

namespace {

/// Nothing: not a number of seconds.
std::optional<base::Seconds> seconds_of(std::string_view text) {
  base::Seconds value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

}  // namespace

Response health(const Services& services, const Request& request) {
  const bool limited = request.query.has("max_data_age");
  const auto limit = seconds_of(request.query.get("max_data_age"));
  if (limited && !limit)
    return Response::problem(400, "max_data_age is not a number of seconds", "Give one such as max_data_age=600.");
  const base::Seconds now = services.clock.now() / base::kSecond;
  base::Json value = base::Json::object();
  value.set("program", "pastmon-web").set("version", config::version()).set("time", now);
  auto database = services.databases.take();
  auto extent = database ? (*database)->extent(store::Level::one) : base::Result<store::Extent>(database.error());
  if (!extent) {
    if (database) database->spoil();
    value.set("status", "error").set("database", "unreachable").set("error", extent.message());
    return Response::json(value, 503);
  }
  const base::Seconds age = now - extent->last;
  const bool stale = limited && (extent->last == 0 || age > *limit);
  value.set("status", stale ? "stale" : "ok").set("database", "reachable");
  // The start of the newest five minutes; null while there is no data at all.
  if (extent->last != 0) {
    value.set("last_data", extent->last).set("last_data_age", age);
  } else {
    value.set("last_data", base::Json()).set("last_data_age", base::Json());
  }
  return Response::json(value, stale ? 503 : 200);
}

}  // namespace pastmon::web::pages
