// SPDX-License-Identifier: MIT
#include <cstdio>

#include "capture_file.h"
#include "file_run.h"
#include "options.h"
#include "pastmon/base/log.h"
#include "pastmon/daemon/report.h"
#include "row_bound.h"
#include "signals.h"

namespace pastmon::daemon {
namespace {

namespace log = base::log;

base::Result<void> print_closed(Worker& worker, RowBound& bound, const ReportOptions& options) {
  for (const metric::Bucket& bucket : bound.apply(worker.take_closed())) {
    if (base::Result<void> printed = print_bucket(stdout, options, bucket); !printed) return printed;
  }
  return {};
}

ReportTotals totals_of(const FileEnd& end, const Worker& worker) {
  const WorkerCounters counters = worker.counters();
  ReportTotals totals;
  totals.packets = end.counters.received;
  totals.undecodable = counters.decode.undecodable;
  totals.not_ip = counters.decode.not_ip;
  totals.filtered = end.counters.filtered;
  totals.kernel_dropped = end.counters.kernel_dropped;
  totals.duplicates = counters.duplicates;
  totals.flows = counters.flow.flows;
  if (worker.newest() != base::kNone) totals.duration = worker.newest() - worker.oldest();
  return totals;
}

}  // namespace

int report_file(const config::DaemonCommand& command, const config::DaemonSettings& settings, Signatures signatures,
                const base::Clock& clock) {
  WorkerOptions options = worker_options(settings);
  options.buckets.seconds = command.overrides.bucket_seconds.value_or(0);
  ReportOptions report;
  report.format = command.report == config::Report::json ? ReportFormat::json : ReportFormat::table;
  report.buckets = options.buckets.seconds != 0;
  fit_to_terminal(report, stdout);

  base::Micros shift = 0;
  if (command.time_shift_to_now) {
    const base::Result<base::Micros> found = shift_to(command.read, clock.now());
    if (!found) return log::error(found.message()), 1;
    shift = *found;
  }
  HostNames names(name_options(settings));
  report.host_name = [&names](const base::Address& address) { return names.name_of(address); };
  report.host_names = [&names](const base::Address& address) { return names.names_of(address); };
  report.estimated = [signatures](std::string_view name) { return signatures->estimated(name); };
  Worker worker(options, signatures,
                [&names](const signature::Observation& observation) { names.observe(observation); });
  RowBound bound(row_bound(settings), clock);
  const capture::FileOptions file{command.read, settings.filter};
  const auto print = [&](const capture::Counters&) { return print_closed(worker, bound, report); };
  base::Result<FileEnd> end = read_file(file, shift, worker, print);
  if (!end) return log::error(end.message()), 1;
  worker.finish();
  base::Result<void> printed = print_closed(worker, bound, report);
  if (printed) printed = print_totals(stdout, report, totals_of(*end, worker));
  if (!printed) log::error(printed.message());
  if (end->damage) log::error(end->damage->message);
  if (end->interrupted) log::error(command.read, ": interrupted; the report ends there");
  return printed && !end->damage && !end->interrupted ? 0 : 1;
}

}  // namespace pastmon::daemon
