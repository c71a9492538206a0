// SPDX-License-Identifier: MIT
#include "program.h"

#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/paths.h"
#include "pastmon/config/settings.h"
#include "pastmon/store/archive.h"
#include "progress.h"
#include "zone.h"

namespace pastmon::summarise {
namespace {

namespace log = base::log;
using base::cat;
using base::Result;

constexpr const char* kName = "pastmon_summarise_level_2";
constexpr base::Seconds kDay = 86'400;

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void on_signal(int) { stop_requested = 1; }

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGTERM, SIGINT}) sigaction(number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

int failed(const base::Error& error, int status) {
  log::error(error.message);
  return status;
}

/// The one line for cron and logger.
void say(const std::string& line) { std::printf("%s: %s\n", kName, base::escape_controls(line).c_str()); }

/// "3 rows", "1 row"
std::string counted(std::int64_t number, const char* what) { return cat(number, " ", what, number == 1 ? "" : "s"); }

/// The time zone of the pages, where their configuration stands beside ours; else the machine's.
std::string zone_of_pages(const std::string& file) {
  const std::string web = (std::filesystem::path(file).parent_path() / "pastmon-web.conf").string();
  std::error_code failure;
  if (!std::filesystem::exists(web, failure)) return {};
  const Result<config::WebSettings> settings = config::load_web(web);
  return settings ? settings->timezone : std::string();
}

store::ArchiveOptions archive_options(const config::SummariseCommand& command, const config::DaemonSettings& settings) {
  store::ArchiveOptions options;
  options.now = base::SystemClock().now() / base::kSecond;
  options.age = command.age_days * kDay;
  options.interval = command.interval;
  options.remove = command.remove;
  options.keep_level_2 = settings.level_2_days * kDay;
  return options;
}

std::string removed_text(const store::ArchiveReport& report) {
  std::string text = cat("; removed: ", counted(report.rows_removed, "row"));
  if (report.days_dropped > 0) text += cat(" and ", counted(report.days_dropped, "whole day"));
  text += cat(" of level 1, ", counted(report.level_2_removed, "row"), " of level 2, ",
              counted(report.hosts_removed, "host"));
  return text;
}

std::string summary(const store::ArchiveReport& report, bool remove, base::Micros took, base::Seconds max_runtime) {
  std::string text = cat(counted(report.rows_read, "row"), " of level 1 added to ", counted(report.rows_written, "row"),
                         " of level 2 in ", counted(report.intervals, "interval"));
  if (remove) text += removed_text(report);
  text += cat("; ", counted(took / base::kSecond, "second"));
  if (!report.finished) {
    text += stop_requested != 0 ? "; stopped by a signal" : cat("; stopped after --max-runtime=", max_runtime);
    text += ", the next run goes on";
  }
  return text;
}

int plan(store::Archive& archive, const store::ArchiveOptions& options) {
  const Result<store::ArchivePlan> plan = archive.plan(options);
  if (!plan) return failed(plan.error(), 1);
  std::string line =
      cat("would add ", counted(plan->rows, "row"), " of level 1 to level 2 in ", counted(plan->intervals, "interval"));
  if (options.remove) line += cat(" and remove ", counted(plan->removable, "row"), " of level 1");
  if (plan->rows_unfit > 0) line += cat("; ", counted(plan->rows_unfit, "row"), " of other bucket lengths would stay");
  say(line);
  return 0;
}

void warn_of_leftovers(const store::ArchiveReport& report, base::Seconds interval) {
  if (report.rows_unfit > 0) {
    log::warning(report.rows_unfit, " rows of level 1 are of buckets whose length does not divide ", interval,
                 " s: they stay in level 1");
  }
  if (report.days_in_use > 0)
    log::warning(report.days_in_use, " old days of level 1 are in use by somebody: the next run drops them");
}

int work(store::Archive& archive, const store::ArchiveOptions& options, const config::SummariseCommand& command) {
  const base::SystemClock clock;
  const base::Micros begun = clock.monotonic();
  const base::Micros most = command.max_runtime * base::kSecond;
  Result<store::ArchiveReport> report = base::Error{};
  {
    ProgressBar bar(command.progress);
    report =
        archive.run(options, {[&] { return stop_requested != 0 || (most > 0 && clock.monotonic() - begun >= most); },
                              [&bar](double done) { bar.show(done); }});
  }
  if (!report) return failed(report.error(), 1);
  if (report->excluded) {
    say(cat("another one is at work on ", archive.description(), ": nothing done"));
    return 0;
  }
  warn_of_leftovers(*report, options.interval);
  say(summary(*report, options.remove, clock.monotonic() - begun, command.max_runtime));
  return 0;
}

}  // namespace

int run(const config::SummariseCommand& command) {
  log::to_stderr(kName);
  const std::string file = command.config.empty() ? config::paths().daemon_file : command.config;
  const Result<config::DaemonSettings> settings = config::load_daemon(file);
  if (!settings) return failed(settings.error(), 2);
  for (const std::string& warning : settings->warnings) log::warning(warning);
  if (settings->database.driver.empty())
    return failed({cat(file, ": no section output_DBI, so there is no database to work on")}, 2);
  if (command.interval % settings->bucket_seconds != 0) {
    return failed({cat("--interval=", command.interval, " is not a multiple of the length of a bucket, ",
                       settings->bucket_seconds, " s (", file, ")")},
                  2);
  }
  if (command.remove && settings->level_2_days > 0 && settings->level_2_days <= command.age_days) {
    return failed({cat(file, ": level_2_days = ", settings->level_2_days, " is not more than --age=", command.age_days,
                       ": rows would go as soon as they are in level 2")},
                  2);
  }
  const store::ArchiveOptions options = archive_options(command, *settings);
  if (const std::string wrong = misfit(command.interval, zone_of_pages(file), options.now); !wrong.empty())
    log::warning(wrong);

  catch_signals();
  ::umask(027);  // readable for the group, as the database is
  const Result<std::unique_ptr<store::Archive>> archive =
      store::Archive::open(config::store_options<store::Options>(settings->database));
  if (!archive) return failed(archive.error(), 1);
  return command.dry_run ? plan(**archive, options) : work(**archive, options, command);
}

}  // namespace pastmon::summarise
