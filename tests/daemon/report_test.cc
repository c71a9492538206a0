// SPDX-License-Identifier: MIT
#include "pastmon/daemon/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "pastmon/base/text.h"
#include "report_text.h"

namespace pastmon::daemon {
namespace {

using metric::Counter;
using metric::Distribution;
using ::testing::ContainsRegex;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

/// What `print` writes to a stream.
template <class Print>
std::string printed(Print print) {
  char* text = nullptr;
  std::size_t size = 0;
  std::FILE* stream = open_memstream(&text, &size);
  const auto done = print(stream);
  EXPECT_TRUE(done) << done.message();
  std::fclose(stream);
  std::string out(text, size);
  std::free(text);  // NOLINT: open_memstream allocates with malloc
  return out;
}

std::string report(const metric::Bucket& bucket, const ReportOptions& options) {
  return printed([&](std::FILE* out) { return print_bucket(out, options, bucket); });
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  for (const auto line : base::split(text, '\n')) out.emplace_back(line);
  return out;
}

ReportOptions json() {
  ReportOptions options;
  options.format = ReportFormat::json;
  return options;
}

metric::Row row(std::string_view signature, std::string_view client, std::string_view server, std::uint16_t port) {
  return {std::string(signature), *base::Address::parse(client), *base::Address::parse(server), port, {}};
}

metric::Row busy_row() {
  metric::Row r = row("HTTP GET", "192.0.2.1", "192.0.2.2", 80);
  r.values[Counter::transactions] = r.values[Counter::answered] = 5;
  for (const int time : {5'036, 5'555, 5'600, 7'250, 18'034}) r.values[Distribution::response_time].add(time);
  r.values[metric::Size::request_bytes].add(80);
  r.values[metric::Size::request_bytes].add(81);
  r.values[Counter::packets_client] = 14;
  r.values[Counter::packets_server] = 32;
  r.values.seen(1'700'000'000'123'456);
  r.values.seen(1'700'000'001'500'000);
  return r;
}

metric::Bucket bucket_of(std::vector<metric::Row> rows) {
  metric::Bucket bucket;
  bucket.start = 1'700'000'100;
  bucket.closed = true;
  bucket.rows = std::move(rows);
  return bucket;
}

TEST(ReportJsonTest, ARowIsOneObjectWithTheDocumentedKeysInOrder) {
  metric::Bucket bucket;
  bucket.rows.push_back(busy_row());
  EXPECT_EQ(report(bucket, json()),
            R"({"signature":"HTTP GET","client":"192.0.2.1","server":"192.0.2.2","port":80,)"
            R"("first":1700000000.123456,"last":1700000001.5,)"
            R"("transactions":5,"answered":5,"unanswered":0,"refused":0,"aborted":0,"errors":0,)"
            R"("response_time_us":{"count":5,"sum":41475,"min":5036,"mean":8295.0,"max":18034,)"
            R"("p50":5598,"p90":18034,"p95":18034,"p99":18034,"p999":18034},)"
            R"("request_bytes":{"count":2,"sum":161,"min":80,"mean":80.5,"max":81},)"
            R"("packets_client":14,"packets_server":32,"verdict":"unknown"})"
            "\n");
}

TEST(ReportJsonTest, EveryMetricThatHasAValueIsThere) {
  metric::Row r = row("X", "::1", "::2", 0);
  for (const metric::Info& metric : metric::registry()) {
    switch (metric.kind) {
      case metric::Kind::counter:
        r.values[static_cast<Counter>(metric.index)] = 7;
        break;
      case metric::Kind::size:
        r.values[static_cast<metric::Size>(metric.index)].add(7);
        break;
      case metric::Kind::distribution:
        r.values[static_cast<Distribution>(metric.index)].add(7);
        break;
    }
  }
  const std::string line = report(bucket_of({std::move(r)}), json());
  for (const metric::Info& metric : metric::registry()) {
    const bool times = metric.kind == metric::Kind::distribution;
    EXPECT_THAT(line, HasSubstr(base::cat('"', metric.name, times ? "_us" : "", "\":")));
  }
  EXPECT_THAT(line, HasSubstr(R"("port":0)"));
  EXPECT_THAT(line, HasSubstr(R"("verdict":"client")"));
}

TEST(ReportJsonTest, RowsOfBucketsTellTheirStart) {
  ReportOptions options = json();
  options.buckets = true;
  EXPECT_THAT(report(bucket_of({busy_row()}), options), HasSubstr(R"("port":80,"bucket":1700000100,"first")"));
}

TEST(ReportJsonTest, RowsAreInAFixedOrder) {
  const auto a = row("A", "10.0.0.1", "10.0.0.2", 1);
  const auto b = row("A", "10.0.0.1", "10.0.0.2", 2);
  const auto c = row("A", "10.0.0.9", "10.0.0.1", 1);
  const auto d = row("B", "10.0.0.0", "10.0.0.0", 0);
  const std::string expected = report(bucket_of({a, b, c, d}), json());
  EXPECT_EQ(report(bucket_of({d, c, b, a}), json()), expected);
  EXPECT_EQ(report(bucket_of({b, d, a, c}), json()), expected);
  EXPECT_THAT(lines(expected)[3], HasSubstr(R"("B")"));
}

TEST(ReportJsonTest, BytesThatAreNotUtf8AreReplaced) {
  EXPECT_THAT(report(bucket_of({row("A\xff\n", "::", "::", 0)}), json()),
              StartsWith("{\"signature\":\"A\xef\xbf\xbd\\n\""));
}

TEST(ReportJsonTest, TheSummaryIsTheLastLine) {
  ReportTotals totals;
  totals.packets = 49;
  totals.flows = 1;
  totals.duration = 10'000;
  EXPECT_EQ(printed([&](std::FILE* out) { return print_totals(out, json(), totals); }),
            R"({"summary":{"packets":49,"undecodable":0,"not_ip":0,"filtered":0,"duplicates":0,"kernel_dropped":0,)"
            R"("flows":1,"seconds":0.01}})"
            "\n");
}

TEST(ReportTest, AFullDiskIsAnError) {
  std::FILE* full = std::fopen("/dev/full", "w");
  ASSERT_NE(full, nullptr);
  const auto done = print_totals(full, json(), {});
  EXPECT_FALSE(done);
  EXPECT_THAT(done.message(), HasSubstr("cannot write the report: "));
  std::fclose(full);
}

TEST(ReportTableTest, ShowsTheBusiestFirstWithATotalsLine) {
  metric::Row idle = row("DNS A", "10.0.0.1", "2001:db8::53", 53);
  idle.values[Counter::transactions] = 1;
  idle.values[Counter::unanswered] = 1;
  const auto table = lines(report(bucket_of({std::move(idle), busy_row()}), {}));
  ASSERT_EQ(table.size(), 6U);
  EXPECT_THAT(table[0], ContainsRegex("^SIGNATURE +CLIENT +SERVER +PORT +TRANS +FAIL +ERR +AVG +P95 +MAX"));
  EXPECT_THAT(table[1], ContainsRegex("^HTTP GET +192.0.2.1 +192.0.2.2 +80 +5 +0 +0 +8.29ms +18.0ms +18.0ms"));
  EXPECT_THAT(table[2], ContainsRegex("^DNS A +10.0.0.1 +2001:db8::53 +53 +1 +1 +0 +- +- +-"));
  EXPECT_THAT(table[3], ContainsRegex("^\\(2 rows\\) +6 +1 +0 "));
  EXPECT_EQ(table[4], "");
}

TEST(ReportTableTest, RowsOfBucketsStandUnderTheirTime) {
  ReportOptions options;
  options.buckets = true;
  EXPECT_THAT(report(bucket_of({busy_row()}), options), StartsWith("2023-11-14 22:15:00 UTC, 300 s\nSIGNATURE"));
}

TEST(ReportTableTest, KeepsToTheWidthOfTheTerminal) {
  metric::Row long_names = row("A SIGNATURE WITH A VERY LONG NAME INDEED", "2001:db8:1111:2222:3333:4444:5555:6666",
                               "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 65'535);
  for (const std::size_t width : {80U, 99U, 100U, 120U, 160U, 200U}) {
    ReportOptions options;
    options.width = width;
    for (const std::string& line : lines(report(bucket_of({long_names, busy_row()}), options))) {
      EXPECT_LE(columns_of(line), width) << line;
    }
  }
  ReportOptions narrow;
  narrow.width = 80;
  EXPECT_THAT(report(bucket_of({busy_row()}), narrow), ContainsRegex("SIGNATURE.*CLIENT.*SERVER.*TRANS.*FAIL.*AVG"));
  EXPECT_THAT(report(bucket_of({long_names}), {}), HasSubstr("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"))
      << "a pipe has no width";
}

TEST(ReportTableTest, NamesHostsAndEscapesWhatTheyCarry) {
  ReportOptions options;
  options.host_name = [](const base::Address& address) {
    return address == *base::Address::parse("192.0.2.2") ? std::string("www\x1b]0;caf\xc3\xa9") : std::string();
  };
  EXPECT_THAT(report(bucket_of({busy_row()}), options), HasSubstr("192.0.2.1  www\\x1b]0;caf?"));
  options.utf8 = true;
  EXPECT_THAT(report(bucket_of({busy_row()}), options), HasSubstr("www\\x1b]0;caf\xc3\xa9"));
}

TEST(ReportTest, GuessesAreMarked) {
  ReportOptions options;
  options.estimated = [](std::string_view signature) { return signature == "TLS DATA"; };
  metric::Row guess = busy_row();
  guess.signature = "TLS DATA";
  EXPECT_THAT(report(bucket_of({guess}), options), HasSubstr("TLS DATA ~ "));
  EXPECT_THAT(report(bucket_of({busy_row()}), options), Not(HasSubstr("~")));
  options.format = ReportFormat::json;
  EXPECT_THAT(report(bucket_of({guess}), options), HasSubstr("\"estimated\":true"));
  EXPECT_THAT(report(bucket_of({busy_row()}), options), Not(HasSubstr("estimated")));
}

TEST(ReportTest, JsonNamesHostsAndSaysFromWhere) {
  ReportOptions options;
  options.format = ReportFormat::json;
  options.host_names = [](const base::Address& address) {
    std::vector<names::Name> list;
    if (address == *base::Address::parse("192.0.2.2")) {
      list.push_back({"www.example.org", names::NameSource::sni, 1, 2});
      list.push_back({"cdn.example.net", names::NameSource::dns, 1, 1});
    }
    return list;
  };
  const std::string line = report(bucket_of({busy_row()}), options);
  EXPECT_THAT(line, HasSubstr("\"server_name\":\"www.example.org\",\"server_name_source\":\"sni\""));
  EXPECT_THAT(line, HasSubstr("\"server_other_names\":[\"cdn.example.net\"]"));
  EXPECT_THAT(line, Not(HasSubstr("client_name")));
}

TEST(ReportTableTest, IsAsciiUnlessTheTerminalShowsMore) {
  ReportOptions options;
  options.width = 80;
  metric::Row r = row("caf\xc3\xa9 with a name that is cut", "2001:db8:1111:2222:3333:4444:5555:6666", "::1", 0);
  for (const char c : report(bucket_of({r}), options)) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
}

TEST(ReportTableTest, TotalsSayWhatWasLost) {
  ReportTotals totals;
  totals.packets = 49;
  totals.flows = 3;
  totals.duration = 1'234'567;
  const auto text = [&] { return printed([&](std::FILE* out) { return print_totals(out, {}, totals); }); };
  EXPECT_EQ(text(), "49 packets, 3 flows, 1.234 s\n");
  totals.undecodable = 2;
  totals.kernel_dropped = 1;
  EXPECT_THAT(text(), EndsWith("; 2 undecodable; 1 dropped by the kernel\n"));
  EXPECT_THAT(text(), Not(HasSubstr("not IP")));
}

TEST(ReportTest, AFileHasNoWidth) {
  ReportOptions options;
  options.width = 80;
  std::FILE* file = std::tmpfile();
  ASSERT_NE(file, nullptr);
  fit_to_terminal(options, file);
  EXPECT_EQ(options.width, 0U);
  std::fclose(file);
}

}  // namespace
}  // namespace pastmon::daemon
