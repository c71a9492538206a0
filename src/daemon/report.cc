// SPDX-License-Identifier: MIT
#include "pastmon/daemon/report.h"

#include <langinfo.h>
#include <locale.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <tuple>

#include "pastmon/base/json.h"
#include "pastmon/base/text.h"
#include "report_writer.h"

namespace pastmon::daemon {
namespace {

using base::cat;

base::Json totals_json(const ReportTotals& totals) {
  base::Json figures = base::Json::object();
  figures.set("packets", totals.packets)
      .set("undecodable", totals.undecodable)
      .set("not_ip", totals.not_ip)
      .set("filtered", totals.filtered)
      .set("duplicates", totals.duplicates)
      .set("kernel_dropped", totals.kernel_dropped)
      .set("flows", totals.flows)
      .set("seconds", static_cast<double>(totals.duration) / static_cast<double>(base::kSecond));
  base::Json line = base::Json::object();
  line.set("summary", std::move(figures));
  return line;
}

std::string totals_text(const ReportTotals& totals) {
  std::string text = cat(totals.packets, " packets, ", totals.flows, " flows, ");
  text += cat(static_cast<double>(totals.duration / 1'000) / 1'000, " s");
  const auto add = [&text](std::uint64_t count, std::string_view what) {
    if (count > 0) text += cat("; ", count, ' ', what);
  };
  add(totals.undecodable, "undecodable");
  add(totals.not_ip, "not IP");
  add(totals.filtered, "filtered");
  add(totals.duplicates, "duplicates");
  add(totals.kernel_dropped, "dropped by the kernel");
  return text;
}

}  // namespace

base::Result<void> put(std::FILE* out, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out) == text.size()) return {};
  return base::Error{cat("cannot write the report: ", std::strerror(errno))};
}

std::vector<const metric::Row*> in_order(const metric::Bucket& bucket) {
  std::vector<const metric::Row*> rows;
  rows.reserve(bucket.rows.size());
  for (const metric::Row& row : bucket.rows) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](const metric::Row* a, const metric::Row* b) {
    return std::tie(a->signature, a->client, a->server, a->port) <
           std::tie(b->signature, b->client, b->server, b->port);
  });
  return rows;
}

void fit_to_terminal(ReportOptions& options, std::FILE* out) {
  winsize size{};
  const int descriptor = fileno(out);
  options.width = 0;
  if (isatty(descriptor) != 0 && ioctl(descriptor, TIOCGWINSZ, &size) == 0) options.width = size.ws_col;
  options.utf8 = false;
  const locale_t locale = newlocale(LC_CTYPE_MASK, "", nullptr);
  if (locale == nullptr) return;
  options.utf8 = std::string_view(nl_langinfo_l(CODESET, locale)) == "UTF-8";
  freelocale(locale);
}

base::Result<void> print_bucket(std::FILE* out, const ReportOptions& options, const metric::Bucket& bucket) {
  return options.format == ReportFormat::json ? print_json(out, options, bucket) : print_table(out, options, bucket);
}

base::Result<void> print_totals(std::FILE* out, const ReportOptions& options, const ReportTotals& totals) {
  const bool json = options.format == ReportFormat::json;
  auto done = put(out, cat(json ? totals_json(totals).dump() : totals_text(totals), '\n'));
  if (!done) return done;
  if (std::fflush(out) != 0) return base::Error{cat("cannot write the report: ", std::strerror(errno))};
  return {};
}

}  // namespace pastmon::daemon
