// SPDX-License-Identifier: MIT
#include <algorithm>
#include <utility>

#include "pastmon/base/text.h"
#include "report_text.h"
#include "report_writer.h"

namespace pastmon::daemon {
namespace {

using metric::Aggregate;
using metric::Counter;
using metric::Distribution;
using metric::Row;

std::int64_t failures(const Aggregate& v) { return v[Counter::unanswered] + v[Counter::refused] + v[Counter::aborted]; }

std::string mean_of(const Aggregate& v, Distribution metric) {
  const metric::Summary& summary = v[metric].summary;
  return summary.count == 0 ? "-" : duration_text(summary.mean());
}

std::string host_text(const base::Address& address, const ReportOptions& options) {
  std::string name = options.host_name ? options.host_name(address) : std::string();
  return name.empty() ? address.to_string() : printable(name, options.utf8);
}

std::string response_quantile(const Aggregate& v, double q) {
  const auto& value = v[Distribution::response_time];
  return value.summary.count == 0 ? "-" : duration_text(value.quantile(q));
}

/// One column. `cell` gives the text of a row, or of the totals (a row with the sums of all).
struct Column {
  const char* title;
  bool right;
  std::size_t least;  ///< a text column may be cut down to this; 0: never cut
  int give_up;        ///< order in which columns are left out of a narrow table; 0: never
  bool in_totals;
  std::string (*cell)(const Row& row, const ReportOptions& options);
  std::size_t width = 0;
};

/// Columns that are given up before names and addresses are cut.
constexpr int kGivenUpFirst = 5;

std::vector<Column> all_columns() {
  using Options = const ReportOptions&;
  return {
      {"SIGNATURE", false, 12, 0, true,
       [](const Row& r, Options o) {
         const bool guess = o.estimated && o.estimated(r.signature);
         return printable(r.signature, o.utf8) + (guess ? " ~" : "");
       }},
      {"CLIENT", false, 15, 0, false, [](const Row& r, Options o) { return host_text(r.client, o); }},
      {"SERVER", false, 15, 0, false, [](const Row& r, Options o) { return host_text(r.server, o); }},
      {"PORT", true, 0, 0, false, [](const Row& r, Options) { return r.port == 0 ? "-" : base::cat(r.port); }},
      {"TRANS", true, 0, 0, true, [](const Row& r, Options) { return base::cat(r.values[Counter::transactions]); }},
      {"FAIL", true, 0, 0, true, [](const Row& r, Options) { return base::cat(failures(r.values)); }},
      {"ERR", true, 0, 5, true, [](const Row& r, Options) { return base::cat(r.values[Counter::errors]); }},
      {"AVG", true, 0, 0, false, [](const Row& r, Options) { return mean_of(r.values, Distribution::response_time); }},
      {"P95", true, 0, 8, false, [](const Row& r, Options) { return response_quantile(r.values, 0.95); }},
      {"MAX", true, 0, 7, false, [](const Row& r, Options) { return response_quantile(r.values, 1); }},
      {"SRV", true, 0, 4, false, [](const Row& r, Options) { return mean_of(r.values, Distribution::server_time); }},
      {"PACKETS", true, 0, 3, true,
       [](const Row& r, Options) {
         return amount_text(r.values[Counter::packets_client] + r.values[Counter::packets_server]);
       }},
      {"BYTES", true, 0, 2, true,
       [](const Row& r, Options) {
         return amount_text(r.values[Counter::bytes_client] + r.values[Counter::bytes_server]);
       }},
      {"RETR", true, 0, 1, true,
       [](const Row& r, Options) {
         return amount_text(r.values[Counter::retransmissions_client] + r.values[Counter::retransmissions_server]);
       }},
      {"VERDICT", false, 0, 6, false,
       [](const Row& r, Options) {
         const metric::Blame blame = r.values.verdict();
         return std::string(blame == metric::Blame::unknown ? "-" : to_string(blame));
       }},
  };
}

std::size_t gap_of(const ReportOptions& options) { return options.width != 0 && options.width < 100 ? 1 : 2; }

std::size_t width_of(const std::vector<Column>& columns, std::size_t gap) {
  std::size_t width = 0;
  for (const Column& column : columns) width += column.width + gap;
  return width - gap;
}

/// Makes the table narrower as long as it is wider than the terminal: first without the lesser figures, then with names
/// cut, then without the rest but signature, client, server, port, counts and the mean.
void fit(std::vector<Column>& columns, const ReportOptions& options) {
  const std::size_t gap = gap_of(options);
  const auto too_wide = [&] { return options.width != 0 && width_of(columns, gap) > options.width; };
  const auto give_up = [&columns](int order) {
    std::erase_if(columns, [order](const Column& column) { return column.give_up == order; });
  };
  int order = 1;
  for (; too_wide() && order <= kGivenUpFirst; ++order) give_up(order);
  while (too_wide()) {
    Column* widest = nullptr;
    for (Column& column : columns) {
      if (column.least == 0 || column.width <= column.least) continue;
      if (widest == nullptr || column.width > widest->width) widest = &column;
    }
    if (widest == nullptr) break;
    --widest->width;
  }
  for (; too_wide() && order <= 8; ++order) give_up(order);
}

template <class Text>
std::string line_of(const std::vector<Column>& columns, const ReportOptions& options, Text text) {
  std::string line;
  for (const Column& column : columns) {
    if (!line.empty()) line.append(gap_of(options), ' ');
    line += fitted(text(column), column.width, column.right, options.utf8);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  line.push_back('\n');
  return line;
}

Row totals_of(const metric::Bucket& bucket) {
  Row totals;
  totals.signature = base::cat("(", bucket.rows.size(), bucket.rows.size() == 1 ? " row)" : " rows)");
  for (const Row& row : bucket.rows) {
    for (const Counter c : {Counter::transactions, Counter::unanswered, Counter::refused, Counter::aborted,
                            Counter::errors, Counter::packets_client, Counter::packets_server, Counter::bytes_client,
                            Counter::bytes_server, Counter::retransmissions_client, Counter::retransmissions_server}) {
      totals.values[c] = metric::saturating_sum(totals.values[c], row.values[c]);
    }
  }
  return totals;
}

}  // namespace

base::Result<void> print_table(std::FILE* out, const ReportOptions& options, const metric::Bucket& bucket) {
  std::vector<const Row*> rows = in_order(bucket);
  std::stable_sort(rows.begin(), rows.end(), [](const Row* a, const Row* b) {
    return a->values[Counter::transactions] > b->values[Counter::transactions];
  });
  const Row totals = totals_of(bucket);
  std::vector<Column> columns = all_columns();
  for (Column& column : columns) {
    column.width = columns_of(column.title);
    for (const Row* row : rows) column.width = std::max(column.width, columns_of(column.cell(*row, options)));
    if (column.in_totals) column.width = std::max(column.width, columns_of(column.cell(totals, options)));
  }
  fit(columns, options);
  std::string text;
  if (options.buckets) text = base::cat(time_text(bucket.start), ", ", bucket.seconds, " s\n");
  text += line_of(columns, options, [](const Column& column) { return std::string(column.title); });
  if (auto done = put(out, text); !done) return done;
  for (const Row* row : rows) {
    const auto cell = [&](const Column& column) { return column.cell(*row, options); };
    if (auto done = put(out, line_of(columns, options, cell)); !done) return done;
  }
  const auto cell = [&](const Column& c) { return c.in_totals ? c.cell(totals, options) : std::string(); };
  return put(out, base::cat(line_of(columns, options, cell), '\n'));
}

}  // namespace pastmon::daemon
