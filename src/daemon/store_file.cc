// SPDX-License-Identifier: MIT
#include <filesystem>
#include <utility>

#include "capture_file.h"
#include "file_run.h"
#include "host_names.h"
#include "options.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/store/store.h"
#include "row_bound.h"
#include "statistics.h"

namespace pastmon::daemon {
namespace {

namespace log = base::log;
using base::Result;

/// Numbers the batches of a run and writes them; a batch that is there already changes nothing.
class Writer {
 public:
  Writer(store::Database& database, HostNames& names, RowBound& bound, std::string sensor, std::int64_t run,
         base::Seconds seconds)
      : database_(database),
        names_(names),
        bound_(bound),
        sensor_(std::move(sensor)),
        run_(run),
        statistics_(seconds) {}

  /// Closed buckets, as they come. Samples follow the file's clock, so that the same file gives the same batches.
  Result<void> write(Worker& worker, const capture::Counters& source, const std::string& path) {
    if (worker.newest() >= next_sample_) {
      sample(worker, source, path);
      next_sample_ = worker.newest() + 10 * base::kSecond;
    }
    std::vector<metric::Bucket> closed = bound_.apply(worker.take_closed());
    if (closed.empty()) return {};
    const base::Micros until = (closed.back().start + closed.back().seconds) * base::kSecond;
    return send(std::move(closed), statistics_.take_closed(until));
  }

  Result<void> finish(Worker& worker, const capture::Counters& source, const std::string& path) {
    sample(worker, source, path);
    worker.finish();
    std::vector<metric::Bucket> closed = bound_.apply(worker.take_closed());
    sample(worker, source, path);  // what the end brought
    return send(std::move(closed), statistics_.take_all());
  }

  std::int64_t rows() const { return rows_; }

 private:
  void sample(Worker& worker, const capture::Counters& source, const std::string& path) {
    if (worker.newest() == base::kNone) return;
    Reading reading;
    reading.sources.push_back({std::filesystem::path(path).filename().string(), source});
    reading.worker = worker.counters();
    reading.name_counters = names_.counters();
    reading.rows_folded = bound_.folded();
    statistics_.sample(reading, worker.newest());
  }

  Result<void> send(std::vector<metric::Bucket> buckets, Statistics::ByBucket statistics) {
    if (buckets.empty() && statistics.empty()) return {};
    store::Batch batch;
    batch.sensor = sensor_;
    batch.run = run_;
    batch.number = ++number_;
    for (const metric::Bucket& bucket : buckets) rows_ += static_cast<std::int64_t>(bucket.rows.size());
    batch.buckets = std::move(buckets);
    batch.statistics = std::move(statistics);
    batch.names = names_.take(base::kNone);
    return database_.write(batch);
  }

  store::Database& database_;
  HostNames& names_;
  RowBound& bound_;
  std::string sensor_;
  std::int64_t run_;
  std::int64_t number_ = 0;
  std::int64_t rows_ = 0;
  Statistics statistics_;
  base::Micros next_sample_ = 0;
};

int failed(const base::Error& error) {
  log::error(error.message);
  return 1;
}

}  // namespace

int store_file(const config::DaemonCommand& command, const config::DaemonSettings& settings, Signatures signatures,
               const base::Clock& clock) {
  if (command.read == "-") {
    return failed(
        {"--read - cannot be stored: what comes from standard input cannot be recognised when it comes again"});
  }
  base::Micros shift = 0;
  if (command.time_shift_to_now) {
    const Result<base::Micros> found = shift_to(command.read, clock.now());
    if (!found) return failed(found.error());
    shift = *found;
  }
  const std::string variant = base::cat(settings.filter, "|", settings.bucket_seconds, "|", shift);
  const Result<std::int64_t> run = run_of_file(command.read, variant);
  if (!run) return failed(run.error());
  Result<std::unique_ptr<store::Database>> database =
      store::open(config::store_options<store::Options>(settings.database));
  if (!database) return failed(database.error());
  if (const Result<void> ready = (*database)->prepare(); !ready) return failed(ready.error());

  HostNames names(name_options(settings));
  Worker worker(worker_options(settings), std::move(signatures),
                [&names](const signature::Observation& observation) { names.observe(observation); });
  RowBound bound(row_bound(settings), clock);
  Writer writer(**database, names, bound, sensor_name(settings), *run, settings.bucket_seconds);
  const auto write = [&](const capture::Counters& source) { return writer.write(worker, source, command.read); };
  Result<FileEnd> end = read_file({command.read, settings.filter}, shift, worker, write);
  if (!end) return failed(end.error());
  if (end->interrupted) return failed({base::cat(command.read, ": interrupted; read it again to store the rest")});
  if (const Result<void> done = writer.finish(worker, end->counters, command.read); !done) return failed(done.error());
  if (end->damage) return failed(*end->damage);
  log::info(command.read, ": ", end->counters.received, " packets, ", writer.rows(), " rows in ",
            (*database)->description());
  return 0;
}

}  // namespace pastmon::daemon
