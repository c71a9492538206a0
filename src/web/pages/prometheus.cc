// SPDX-License-Identifier: MIT
// /PasTmon/metrics: totals of the database and the server's own health, for Prometheus. While the database is away the
// server's own figures are still there, with pastmon_database_up 0.
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "exposition.h"
#include "pages/pages.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/command_line.h"
#include "traffic_metrics.h"

namespace pastmon::web::pages {
namespace {

using Type = Exposition::Type;

constexpr base::Seconds kRecent = 900;  // levels older than this are not shown

std::int64_t whole(std::uint64_t value) { return static_cast<std::int64_t>(value); }

void one(Exposition& out, std::string_view name, Type type, std::string_view help, std::int64_t value) {
  out.family(name, type, help);
  out.value({}, value);
}

void latency(Exposition& out, std::string_view name, std::string_view help, const LatencyHistogram& histogram) {
  std::vector<Exposition::Bin> bins;
  std::uint64_t at_most = 0;
  for (std::size_t i = 0; i < LatencyHistogram::kBounds.size(); ++i) {
    at_most += histogram.bin(i);
    bins.push_back({LatencyHistogram::kBounds[i], at_most});
  }
  at_most += histogram.bin(LatencyHistogram::kBounds.size());
  out.family(name, Type::histogram, help);
  out.histogram({}, bins, at_most, whole(histogram.sum()));
}

void process(Exposition& out, const Telemetry& telemetry) {
  out.family("process_start_time_seconds", Type::gauge, "When this process began, since 1970.");
  out.seconds({}, telemetry.started());
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    const auto micros = [](const timeval& t) { return base::Micros{t.tv_sec} * base::kSecond + t.tv_usec; };
    out.family("process_cpu_seconds", Type::counter, "Processor time that this process used.");
    out.seconds({}, micros(usage.ru_utime) + micros(usage.ru_stime));
  }
  std::int64_t size = 0, resident = 0;
  if (std::ifstream("/proc/self/statm") >> size >> resident)
    one(out, "process_resident_memory_bytes", Type::gauge, "Resident memory of this process.",
        resident * ::sysconf(_SC_PAGESIZE));
}

void own_health(Exposition& out, const Services& services) {
  const Telemetry& telemetry = services.telemetry;
  out.family("pastmon_build_info", Type::gauge, "The version of pastmon-web; always 1.");
  out.value({{"version", config::version()}}, std::int64_t{1});
  process(out, telemetry);
  out.family("pastmon_web_requests", Type::counter, "Answered requests by class of status.");
  for (std::size_t c = 1; c <= 5; ++c) out.value({{"code", base::cat(c, "xx")}}, whole(telemetry.answers(c)));
  latency(out, "pastmon_web_request_duration_seconds", "Time to make an answer.", telemetry.requests());
  one(out, "pastmon_web_connections", Type::gauge, "Open connections.", telemetry.connections);
  one(out, "pastmon_web_connections_opened", Type::counter, "Connections so far.", whole(telemetry.connections_opened));
  one(out, "pastmon_web_connections_refused", Type::counter, "Connections refused because their address had too many.",
      whole(telemetry.connections_refused));
  latency(out, "pastmon_web_query_duration_seconds", "Time of a question to the database.", telemetry.queries());
  one(out, "pastmon_web_queries_failed", Type::counter, "Questions that the database did not answer.",
      whole(telemetry.queries_failed()));
  const QueryCache::Counters answers = services.answers.counters();
  one(out, "pastmon_web_cache_hits", Type::counter, "Questions answered from memory.", whole(answers.hits));
  one(out, "pastmon_web_cache_waits", Type::counter, "Questions that waited for an equal one.", whole(answers.waited));
  one(out, "pastmon_web_cache_misses", Type::counter, "Questions that went to the database.", whole(answers.asked));
  one(out, "pastmon_web_cache_evictions", Type::counter, "Answers given up because memory was needed.",
      whole(answers.evicted));
  one(out, "pastmon_web_cache_entries", Type::gauge, "Answers in memory.", whole(answers.entries));
  one(out, "pastmon_web_cache_bytes", Type::gauge, "What the answers in memory take.", whole(answers.bytes));
}

/// All or nothing of what the database knows.
base::Result<void> from_database(Exposition& out, const Services& services) {
  DatabaseReader database = services.reader();
  auto names = services.directory.names(services.databases);
  if (!names) return names.error();
  auto totals = database.totals();
  if (!totals) return totals.error();
  auto statistics = database.statistic_totals();
  if (!statistics) return statistics.error();
  const base::Seconds until = bucket_start(services.clock.now() / base::kSecond) + 300;
  auto recent = database.statistics({until - kRecent, until, 0, {}, {}});
  if (!recent) return recent.error();
  expose_totals(out, std::move(*totals), **names);
  expose_statistics(out, *statistics, *recent, **names);
  one(out, "pastmon_incomplete", Type::gauge, "1: some groups of sensors cannot be read, their figures are missing.",
      database.warnings().empty() ? 0 : 1);
  return {};
}

}  // namespace

Response prometheus(const Services& services, const Request& request) {
  Exposition out(Exposition::negotiate(request.header("accept")));
  own_health(out, services);
  const auto done = from_database(out, services);
  if (!done) base::log::debug("metrics: ", done.message());
  one(out, "pastmon_database_up", Type::gauge, "1: the database was read for this answer.", done ? 1 : 0);
  Response response;
  response.content_type = out.content_type();
  response.headers.emplace_back("Vary", "Accept");
  response.body = out.finish();
  return response;
}

}  // namespace pastmon::web::pages
