// SPDX-License-Identifier: MIT
// /PasTmon/health: for monitoring systems and start-up scripts. 200 when the database can be read, else 503.
#include "format.h"
#include "pages/pages.h"
#include "pastmon/base/json.h"
#include "pastmon/config/command_line.h"

namespace pastmon::web::pages {

Response health(const Services& services, const Request&) {
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
  value.set("status", "ok").set("database", "reachable");
  // The start of the newest five minutes; null while there is no data at all.
  if (extent->last != 0) {
    value.set("last_data", extent->last).set("last_data_age", now - extent->last);
  } else {
    value.set("last_data", base::Json()).set("last_data_age", base::Json());
  }
  return Response::json(value);
}

}  // namespace pastmon::web::pages
