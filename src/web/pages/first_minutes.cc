// SPDX-License-Identifier: MIT
// A new installation: the database is there and holds no traffic yet. The figures of the monitor itself come before
// the first rows, so they say whether it runs and what it receives. The page loads itself again.
#include <string>

#include "format.h"
#include "pages/home.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

constexpr base::Seconds kReload = 5;

State not_running() {
  return {"wait",
          "No monitor has reported yet",
          "The database is ready. Start pastmon on the host that sees the traffic, with the same database: systemctl "
          "start pastmon, or pastmon -f -i INTERFACE to look on. Ten seconds later this page counts its packets.",
          {}};
}

State no_packets(std::string_view sensors) {
  return {"warning",
          "The monitor runs, but receives no packets",
          base::cat("Sensor ", sensors,
                    " reports, and nothing reaches it. Is it the interface that the traffic passes? Is the mirror port "
                    "switched on? Does a filter in pastmon.conf keep everything out? tcpdump -i INTERFACE shows what "
                    "arrives."),
          {{"What the monitor counts", "/PasTmon/internal"}}};
}

State receiving(std::int64_t packets) {
  return {"wait",
          base::cat(format::count(packets), packets == 1 ? " packet so far" : " packets so far"),
          "The monitor receives. The first rows are in the database within ten seconds of the first packets of a "
          "service; every five minutes they are complete.",
          {{"What the monitor counts", "/PasTmon/internal"}}};
}

}  // namespace

Response first_minutes(const Services& services, const Request& request, View& view) {
  HomeFacts facts;
  if (auto done = read_sensors(view, view.now + 300, facts); !done)
    return database_down(services, request, "Home", done.message());
  std::int64_t packets = 0;
  std::string reporting;
  for (const SensorState& sensor : facts.sensors) {
    packets += sensor.received;
    if (sensor.condition != SensorState::Condition::silent)
      reporting += base::cat(reporting.empty() ? "" : ", ", format::wire_text(sensor.name));
  }
  Page page(services, request, "Home", "first_minutes.html");
  page.use_style("home.css");
  fill_state(page.content().include("STATE", "state.html"), packets > 0         ? receiving(packets)
                                                            : reporting.empty() ? not_running()
                                                                                : no_packets(reporting));
  page.content().set("RELOAD", kReload);
  fill_sensor_states(page.content(), view, facts.sensors);
  page.content().show_if(!facts.sensors.empty(), "HAS_SENSORS");
  page.warn(view.database->warnings());
  Response response = page.finish();
  response.headers.emplace_back("Refresh", base::cat(kReload));
  return response;
}

}  // namespace pastmon::web::pages
