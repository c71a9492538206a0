// SPDX-License-Identifier: MIT
#include "export.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>
#include <vector>

#include "csv.h"
#include "pastmon/base/json.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/metric/fields.h"
#include "pastmon/store/export.h"

namespace pastmon::admin {
namespace {

namespace key = metric::key;
namespace log = base::log;
using base::cat;
using base::Error;
using base::Result;
using store::ExportedRow;

/// What an export tells beside the fields of a report.
constexpr std::string_view kInterval = "interval", kSensor = "sensor", kRun = "run", kOpen = "open";

void set_name(base::Json& json, std::string_view who, std::string_view name, std::string_view source) {
  if (name.empty()) return;
  json.set(cat(who, key::name_end), name).set(cat(who, key::name_source_end), source);
}

std::string json_line(const ExportedRow& row) {
  base::Json json = base::Json::object();
  json.set(key::signature, row.signature).set(key::client, row.client).set(key::server, row.server);
  json.set(key::port, row.port);
  set_name(json, key::client, row.client_name, row.client_name_source);
  set_name(json, key::server, row.server_name, row.server_name_source);
  json.set(key::bucket, row.bucket).set(kInterval, row.interval).set(kSensor, row.sensor);
  json.set(kRun, cat(row.run));  // text: many readers keep 53 bits of a number
  if (row.open) json.set(kOpen, true);
  metric::set_fields(json, row.values);
  return json.dump() + "\n";
}

std::string csv_head() {
  CsvLine line;
  line.text(key::bucket);
  for (const std::string_view name : {kInterval, kSensor, kRun, key::signature}) line.text(name);
  for (const std::string_view who : {key::client, key::server}) {
    line.text(who);
    line.text(cat(who, key::name_end));
    line.text(cat(who, key::name_source_end));
  }
  line.text(key::port);
  line.text(kOpen);
  metric::each_field_name([&line](std::string_view name) { line.text(name); });
  return line.end();
}

const std::string& csv_line(const ExportedRow& row, CsvLine& line) {
  line.number(cat(row.bucket));
  line.number(cat(row.interval));
  line.text(row.sensor);
  line.number(cat(row.run));
  for (const std::string_view text : {row.signature, row.client, row.client_name, row.client_name_source, row.server,
                                      row.server_name, row.server_name_source})
    line.text(text);
  line.number(cat(row.port));
  line.number(row.open ? "1" : "0");
  metric::each_field(row.values, [&line](std::string_view cell) { line.number(cell); });
  return line.end();
}

/// Standard output. Once it failed, nothing is written any more.
class Output {
 public:
  Output() { std::setvbuf(stdout, nullptr, _IOFBF, 1U << 18U); }
  bool put(std::string_view text) {
    if (failure_ == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) failure_ = errno;
    return failure_ == 0;
  }
  bool finish() {
    if (failure_ == 0 && std::fflush(stdout) != 0) failure_ = errno;
    return failure_ == 0;
  }
  int failure() const { return failure_; }

 private:
  int failure_ = 0;
};

Result<std::vector<store::Id>> ids_of(store::Exporter& exporter, const std::vector<std::string>& wanted) {
  const Result<std::vector<store::Named>> known = exporter.sensors();
  if (!known) return known.error();
  std::vector<store::Id> ids;
  for (const std::string& name : wanted) {
    const auto found =
        std::find_if(known->begin(), known->end(), [&](const store::Named& sensor) { return sensor.name == name; });
    if (found != known->end()) {
      ids.push_back(found->id);
      continue;
    }
    std::string others;
    for (const store::Named& sensor : *known) others += cat(others.empty() ? "" : ", ", sensor.name);
    return Error{cat("there is no sensor \"", base::escape_controls(name), "\"; there ",
                     others.empty() ? "is none" : "are: ", base::escape_controls(others))};
  }
  return ids;
}

int failed(const std::string& message) {
  log::error(message);
  return 1;
}

int ended(const Output& output) {
  if (output.failure() == EPIPE) return 1;  // whoever read has had enough: nothing to tell
  return failed(cat("cannot write the export: ", std::strerror(output.failure())));
}

}  // namespace

int export_rows(const store::Options& options, const config::ExportCommand& command) {
  std::signal(SIGPIPE, SIG_IGN);
  Result<std::unique_ptr<store::Exporter>> exporter = store::Exporter::open(options);
  if (!exporter) return failed(exporter.message());
  store::ExportQuery query;
  query.level = command.level == 2 ? store::Level::two : store::Level::one;
  query.from = command.from;
  query.to = command.to;
  query.open = command.open;
  if (!command.sensors.empty()) {
    Result<std::vector<store::Id>> ids = ids_of(**exporter, command.sensors);
    if (!ids) return failed(ids.message());
    query.sensors = *std::move(ids);
  }
  Output output;
  CsvLine line;
  if (!command.json) output.put(csv_head());
  const Result<store::Exported> done = (*exporter)->rows(query, [&](const ExportedRow& row) {
    return command.json ? output.put(json_line(row)) : output.put(csv_line(row, line));
  });
  if (!done) return failed(done.message());
  if (!output.finish()) return ended(output);
  if (done->damaged > 0)
    return failed(cat(done->damaged, " of ", done->rows, " rows are damaged: only their main figures were exported"));
  return 0;
}

}  // namespace pastmon::admin
