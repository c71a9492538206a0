// SPDX-License-Identifier: MIT
// make_sample_database FILE END [BUCKETS] [hostile]: fills a new SQLite database with the sample office, for browser
// tests and for looking at pages.
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "web/sample_data.h"

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  using namespace pastmon;
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
  for (bool more = static_cast<bool>(done); more;) {
    auto made = (*database)->roll_up("office", sample.end);
    if (!made) done = made.error();
    more = made && *made;
  }
  if (!done) std::fprintf(stderr, "%s\n", done.message().c_str());
  return done ? 0 : 1;
}
