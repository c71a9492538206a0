// SPDX-License-Identifier: MIT
// make_sample_database FILE END [BUCKETS] [hostile]: fills a new SQLite database with the sample office, for browser
// tests and for looking at pages. Some hours of two months ago are summarised into level 2.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "pastmon/store/archive.h"
#include "web/sample_data.h"

namespace {

using namespace pastmon;

/// Writes old rows and summarises them, as the nightly run does.
base::Result<void> write_archive(store::Database& database, const store::Options& options,
                                 const web::test::SampleOptions& recent) {
  web::test::SampleOptions old = recent;
  old.end = recent.end - 60 * 86'400;
  old.buckets = 96;
  old.gap_at = -1;
  store::Batch batch = web::test::sample_batch(old);
  batch.run -= 1;
  if (auto done = database.write(batch); !done) return done;
  auto archive = store::Archive::open(options);
  if (!archive) return archive.error();
  store::ArchiveOptions run;
  run.now = recent.end;
  run.remove = true;
  auto report = (*archive)->run(run, {});
  return report ? base::Result<void>() : report.error();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  store::Options options;
  options.dbname = argv[1];
  web::test::SampleOptions sample;
  sample.end = std::atoll(argv[2]) / 300 * 300 + 300;
  if (argc > 3) sample.buckets = std::atoi(argv[3]);
  sample.gap_at = sample.buckets * 2 / 3;
  sample.hostile = argc > 4 && std::string_view(argv[4]) == "hostile";
  auto database = store::open(options);
  auto done = database ? (*database)->prepare() : base::Result<void>(database.error());
  if (done) done = (*database)->write(web::test::sample_batch(sample));
  if (done) done = write_archive(**database, options, sample);
  for (bool more = static_cast<bool>(done); more;) {
    auto made = (*database)->roll_up("office", sample.end);
    if (!made) done = made.error();
    more = made && *made;
  }
  if (!done) std::fprintf(stderr, "%s\n", done.message().c_str());
  return done ? 0 : 1;
}
