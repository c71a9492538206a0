// SPDX-License-Identifier: MIT
#include "writer.h"

#include "applied.h"
#include "batches.h"
#include "columns.h"
#include "host_names.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "rollup.h"
#include "schema.h"
#include "sensors.h"
#include "totals.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kMaxKnown = 1'000'000;
constexpr std::size_t kIdsAQuery = 5'000;

const std::vector<Column>& statistic_columns() {
  static const std::vector<Column> columns = {
      {"bucket", ColumnType::integer},  {"sensor", ColumnType::integer},  {"run", ColumnType::integer},
      {"name", ColumnType::text},       {"interface", ColumnType::text},  {"\"count\"", ColumnType::integer},
      {"\"sum\"", ColumnType::integer}, {"\"min\"", ColumnType::integer}, {"\"max\"", ColumnType::integer}};
  return columns;
}

const std::string& replace_rows() {
  static const std::string sql = [] {
    std::vector<Column> columns;
    for (const Column& column : level_columns())
      if (column.name != "\"interval\"") columns.push_back(column);
    return replace_on_conflict("bucket, sensor, run, signature, client, server, port", columns, 7) +
           ", \"interval\" = excluded.\"interval\"";
  }();
  return sql;
}

const std::string& replace_statistics() {
  static const std::string sql = replace_on_conflict("bucket, sensor, run, name, interface", statistic_columns(), 5);
  return sql;
}

std::set<base::Seconds> row_buckets(const Batch& batch) {
  std::set<base::Seconds> buckets;
  for (const metric::Bucket& bucket : batch.buckets) buckets.insert(bucket.start);
  return buckets;
}

std::set<base::Seconds> statistic_buckets(const Batch& batch) {
  std::set<base::Seconds> buckets;
  for (const auto& [bucket, statistics] : batch.statistics) buckets.insert(bucket);
  return buckets;
}

}  // namespace

// After a failure nothing is taken for granted: another program may have dropped a day or restored a backup. A day that
// was dropped since it was seen is made anew at once.
Result<void> Writer::write(const Batch& batch) {
  const bool took_for_granted = !days_.empty();
  Result<void> done = try_write(batch);
  for (int more = took_for_granted ? 1 : 0; !done; --more) {
    days_.clear();
    known_ = {};
    if (more <= 0 || connection_.lost()) break;
    done = try_write(batch);
  }
  return done;
}

Result<void> Writer::try_write(const Batch& batch) {
  const Result<Buckets> closed = closed_of_orphan("level_1", row_buckets(batch), batch);
  if (!closed) return closed.error();
  const Result<Buckets> closed_statistics = closed_of_orphan("statistic", statistic_buckets(batch), batch);
  if (!closed_statistics) return closed_statistics.error();
  const SortedRows rows(batch.buckets, [&](base::Seconds bucket) { return closed->contains(bucket); });
  if (rows.refused_buckets() > 0)
    base::log::error(rows.refused_buckets(), " buckets with times outside 1970 to 9999 are not stored");
  if (Result<void> done = put_references(batch, rows); !done) return done;
  if (Result<void> done = make_days(rows); !done) return done;

  Transaction transaction(connection_);
  if (Result<void> done = transaction.begin_write(); !done) return done;
  if (Result<void> done = hold_schema(connection_); !done) return done;
  if (Result<void> done = keep_references(batch, rows); !done) return done;
  if (Result<void> done = claim_sensor(connection_, batch.sensor, batch.identity); !done) return done;
  const Result<bool> fresh = AppliedBatches(connection_).enter(batch);
  if (!fresh) return fresh.error();
  if (!*fresh) return transaction.commit();
  if (Result<void> done = put_rows("level_1", "ON CONFLICT DO NOTHING", batch, rows); !done) return done;
  if (Result<void> done = put_statistics("statistic", "ON CONFLICT DO NOTHING", batch, *closed_statistics); !done)
    return done;
  if (Result<void> done = add_up(batch, rows, *closed_statistics); !done) return done;
  if (Result<void> done = remove_open("level_1_open", row_buckets(batch), batch); !done) return done;
  if (Result<void> done = remove_open("statistic_open", statistic_buckets(batch), batch); !done) return done;
  return transaction.commit();
}

Result<void> Writer::write_open(const Batch& open) {
  Result<void> done = try_write_open(open);
  if (!done) known_ = {};
  return done;
}

Result<void> Writer::try_write_open(const Batch& open) {
  const Result<Buckets> closed = closed_buckets("level_1", row_buckets(open), open);
  if (!closed) return closed.error();
  const Result<Buckets> closed_statistics = closed_buckets("statistic", statistic_buckets(open), open);
  if (!closed_statistics) return closed_statistics.error();
  const SortedRows rows(open.buckets, [&](base::Seconds bucket) { return closed->contains(bucket); });
  if (Result<void> done = put_references(open, rows); !done) return done;

  Transaction transaction(connection_);
  if (Result<void> done = transaction.begin_write(); !done) return done;
  if (Result<void> done = hold_schema(connection_); !done) return done;
  if (Result<void> done = keep_references(open, rows); !done) return done;
  if (Result<void> done = claim_sensor(connection_, open.sensor, open.identity); !done) return done;
  if (Result<void> done = put_rows("level_1_open", replace_rows(), open, rows); !done) return done;
  if (Result<void> done = put_statistics("statistic_open", replace_statistics(), open, *closed_statistics); !done)
    return done;
  return transaction.commit();
}

// A bucket that this run has closed already stays closed, else its rows would count twice.
Result<Writer::Buckets> Writer::closed_buckets(const char* table, const Buckets& asked, const Batch& open) {
  Buckets closed;
  for (const base::Seconds bucket : asked) {
    Result<void> done =
        connection_.query(cat("SELECT 1 FROM ", table, " WHERE bucket = ? AND sensor = ? AND run = ? LIMIT 1"),
                          {bucket, id_of_name(open.sensor), open.run}, [&](const RowView&) { closed.insert(bucket); });
    if (!done) return done.error();
  }
  return closed;
}

// What a checkpoint left behind may have been closed nevertheless; added up it would count twice. When its rows are not
// there, they may be archived and gone: where the run closed anything after that checkpoint and an archived interval
// covers the bucket, nobody can tell, and the few seconds that only the checkpoint may have are left out.
Result<Writer::Buckets> Writer::closed_of_orphan(const char* table, const Buckets& asked, const Batch& batch) {
  if (batch.number < kOrphanNumbers) return Buckets();
  Result<Buckets> closed = closed_buckets(table, asked, batch);
  if (!closed || closed->size() == asked.size()) return closed;
  const Result<bool> went_on = AppliedBatches(connection_).run_went_on(batch);
  if (!went_on) return went_on.error();
  if (!*went_on) return closed;
  const bool rows = std::string_view(table) == "level_1";
  for (const base::Seconds bucket : asked) {
    Result<void> done = connection_.query(
        cat("SELECT 1 FROM ", rows ? "level_2" : table, " WHERE sensor = ? AND run = 0 AND bucket <= ? AND bucket + ",
            "\"interval\" > ? LIMIT 1"),
        {id_of_name(batch.sensor), bucket, bucket}, [&](const RowView&) {
          if (closed->insert(bucket).second && rows)
            base::log::warning("a checkpoint's bucket ", bucket, " of sensor ", base::escape_controls(batch.sensor),
                               " is left out: its rows may be archived already");
        });
    if (!done) return done.error();
  }
  return closed;
}

// What is known is forgotten now and then, so that it does not grow for ever.
void Writer::forget_known(const SortedRows& rows) {
  const base::Seconds day = rows.rows().empty() ? known_.day : rows.rows().back().bucket / kDay;
  if (day != known_.day || known_.hosts.size() > kMaxKnown || known_.signatures.size() > kMaxKnown) known_ = {};
  known_.day = day;
}

Result<std::int64_t> Writer::purges() {
  std::int64_t times = 0;
  Result<void> done =
      connection_.query("SELECT times FROM host_purge", {}, [&times](const RowView& row) { times = row.integer(0); });
  if (!done) return done.error();
  return times;
}

// A purge of hosts that nothing refers to may have removed one that was put in, or was there, before this transaction
// began: then they are put in once more, here. Until its end no other purge begins.
Result<void> Writer::keep_references(const Batch& batch, const SortedRows& rows) {
  if (Result<void> locked = connection_.lock_hosts(false); !locked) return locked;
  const Result<std::int64_t> times = purges();
  if (!times) return times.error();
  if (*times == known_.purges) return {};
  known_ = {};
  return put_references(batch, rows);
}

Result<void> Writer::put_references(const Batch& batch, const SortedRows& rows) {
  forget_known(rows);
  if (known_.purges < 0) {
    const Result<std::int64_t> times = purges();
    if (!times) return times.error();
    known_.purges = *times;
  }
  std::map<Id, std::string> sensors, signatures, hosts;
  const Id sensor = id_of_name(batch.sensor);
  if (!known_.sensors.contains(sensor)) sensors.emplace(sensor, clean_text(batch.sensor));
  for (const StoredRow& row : rows.rows()) {
    if (!known_.signatures.contains(row.signature) && !signatures.contains(row.signature))
      signatures.emplace(row.signature, clean_text(row.row->signature));
    if (!known_.hosts.contains(row.client) && !hosts.contains(row.client))
      hosts.emplace(row.client, row.row->client.to_string());
    if (!known_.hosts.contains(row.server) && !hosts.contains(row.server))
      hosts.emplace(row.server, row.row->server.to_string());
  }
  if (Result<void> done = put_named("sensor", "name", sensors); !done) return done;
  if (Result<void> done = put_named("signature", "name", signatures); !done) return done;
  if (Result<void> done = put_named("host", "address", hosts); !done) return done;
  for (const auto& [id, name] : sensors) known_.sensors.insert(id);
  for (const auto& [id, name] : signatures) known_.signatures.insert(id);
  for (const auto& [id, name] : hosts) known_.hosts.insert(id);
  return put_host_names(connection_, batch.names);
}

Result<void> Writer::put_named(const char* table, const char* column, const std::map<Id, std::string>& named) {
  if (named.empty()) return {};
  auto at = named.begin();
  const Insert what{table, {{"id", ColumnType::integer}, {column, ColumnType::text}}, "ON CONFLICT DO NOTHING"};
  const Result<std::int64_t> added = connection_.insert(what, named.size(), [&](std::size_t, RowSink& sink) {
    sink.integer(at->first);
    sink.text(at->second);
    ++at;
  });
  if (!added) return added.error();
  if (static_cast<std::size_t>(*added) == named.size()) return {};
  return report_collisions(table, column, named);
}

Result<void> Writer::report_collisions(const char* table, const char* column, const std::map<Id, std::string>& named) {
  std::vector<Id> ids;
  for (auto at = named.begin(); at != named.end();) {
    ids.push_back(at->first);
    if (++at != named.end() && ids.size() < kIdsAQuery) continue;
    Result<void> done =
        connection_.query(cat("SELECT id, ", column, " FROM ", table, " WHERE ", connection_.in_ids("id", ids)), {},
                          [&](const RowView& row) {
                            const auto mine = named.find(row.integer(0));
                            if (mine == named.end() || mine->second == row.text(1)) return;
                            base::log::error(table, " \"", mine->second, "\" has the same id as \"", row.text(1),
                                             "\": their rows are counted together");
                          });
    if (!done) return done;
    ids.clear();
  }
  return {};
}

Result<void> Writer::make_days(const SortedRows& rows) {
  std::set<base::Seconds> missing;
  for (const StoredRow& row : rows.rows()) {
    const base::Seconds day = row.bucket - row.bucket % kDay;
    if (!days_.contains(day)) missing.insert(day);
  }
  if (missing.empty()) return {};
  if (Result<void> made = connection_.make_days({missing.begin(), missing.end()}); !made) return made;
  days_.swap(missing);  // only the newest ones: an old day may be dropped while this program runs
  return {};
}

Result<void> Writer::put_rows(const char* table, const std::string& on_conflict, const Batch& batch,
                              const SortedRows& rows) {
  const Id sensor = id_of_name(batch.sensor);
  const Insert what{table, level_columns(), on_conflict};
  const Result<std::int64_t> done = connection_.insert(what, rows.rows().size(), [&](std::size_t i, RowSink& sink) {
    const StoredRow& stored = rows.rows()[i];
    for (const std::int64_t key : {stored.bucket, stored.interval, sensor, batch.run, stored.signature, stored.client,
                                   stored.server, std::int64_t{stored.row->port}})
      sink.integer(key);
    put_hot(stored.row->values, sink);
    sink.blob(stored.row->values.encode_detail());
  });
  if (!done) return done.error();
  return {};
}

namespace {

using StatisticKey = std::tuple<base::Seconds, std::string, std::string>;
std::map<StatisticKey, metric::Summary> by_key(const Batch& batch, const std::set<base::Seconds>& skip) {
  std::map<StatisticKey, metric::Summary> merged;
  for (const auto& [bucket, statistics] : batch.statistics) {
    if (bucket < 0 || bucket >= kLastTime || skip.contains(bucket)) continue;
    for (const Statistic& statistic : statistics)
      merged[{bucket, clean_text(statistic.name), clean_text(statistic.interface)}].merge(statistic.value);
  }
  return merged;
}

}  // namespace

Result<void> Writer::put_statistics(const char* table, const std::string& on_conflict, const Batch& batch,
                                    const Buckets& skip) {
  const std::map<StatisticKey, metric::Summary> merged = by_key(batch, skip);
  auto at = merged.begin();
  const Insert what{table, statistic_columns(), on_conflict};
  const Result<std::int64_t> done = connection_.insert(what, merged.size(), [&](std::size_t, RowSink& sink) {
    const auto& [bucket, name, interface] = at->first;
    const metric::Summary& value = at->second;
    sink.integer(bucket);
    sink.integer(id_of_name(batch.sensor));
    sink.integer(batch.run);
    sink.text(name);
    sink.text(interface);
    put_summary(value, sink);
    ++at;
  });
  if (!done) return done.error();
  return {};
}

/// What stands beside the rows and follows from them.
Result<void> Writer::add_up(const Batch& batch, const SortedRows& rows, const Buckets& skip) {
  const Id sensor = id_of_name(batch.sensor);
  if (Result<void> done = Rollups(connection_).stored(rows, sensor); !done) return done;
  Totals totals(connection_);
  if (Result<void> done = totals.add(sensor, rows); !done) return done;
  Totals::Statistics statistics;
  for (const auto& [key, value] : by_key(batch, skip)) statistics[{std::get<1>(key), std::get<2>(key)}].merge(value);
  return totals.add(sensor, statistics);
}

Result<void> Writer::remove_open(const char* table, const Buckets& buckets, const Batch& batch) {
  for (const base::Seconds bucket : buckets) {
    const Result<std::int64_t> done =
        connection_.execute(cat("DELETE FROM ", table, " WHERE bucket = ? AND sensor = ? AND run = ?"),
                            {bucket, id_of_name(batch.sensor), batch.run});
    if (!done) return done.error();
  }
  return {};
}

}  // namespace pastmon::store
