// SPDX-License-Identifier: MIT
#include "memory.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "pastmon/base/text.h"
#include "units.h"

namespace pastmon::config {
namespace {

using base::cat;

/// A bound, what one unit of it takes in memory when it is full, and how low it may go by itself.
struct Share {
  std::string_view group;
  std::string_view key;
  std::int64_t bytes = 1;
  std::int64_t least = 1;
};

constexpr std::int64_t kMegabyte = 1LL << 20U;

// Flows with what signatures keep of their conversation; rows twice, because a bucket is closed while the next one
// fills.
constexpr std::array kShares{
    Share{"limits", "max_flows", 500, 1'000},       Share{"limits", "max_buffered", 1, kMegabyte},
    Share{"limits", "max_fragments", 1, kMegabyte}, Share{"limits", "max_open_requests", 300, 1'000},
    Share{"limits", "max_held", 1, kMegabyte},      Share{"limits", "max_rows", 1'440, 1'000},
    Share{"names", "max_names", 400, 1'000},
};

/// Program, libraries, compiled signatures, the database's driver.
constexpr std::int64_t kProgram = 64 * kMegabyte;

/// What SQLite keeps of its file, once the file is that large.
constexpr std::int64_t kSqliteCache = 64 * kMegabyte;

const Place kShrunk{"made smaller for max_memory", 0};

std::int64_t fixed(const Section& section) {
  const auto interfaces = static_cast<std::int64_t>(section.texts("interfaces").size());
  const bool sqlite = section.group("output_DBI").text("driver") == "sqlite3";
  return kProgram + (sqlite ? kSqliteCache : 0) + std::max<std::int64_t>(interfaces, 1) * section.integer("buffer");
}

}  // namespace

base::Result<void> share_memory(Section& section) {
  Section limits = section.group("limits");
  Section names = section.group("names");
  const auto in = [&](const Share& share) -> Section& { return share.group == "names" ? names : limits; };
  std::int64_t given = fixed(section);
  std::int64_t asked = 0;
  std::int64_t least = 0;
  for (const Share& share : kShares) {
    const Section& group = in(share);
    const std::int64_t bytes = group.integer(share.key) * share.bytes;
    (group.given(share.key) ? given : asked) += bytes;
    if (!group.given(share.key)) least += share.least * share.bytes;
  }
  const std::int64_t all = limits.integer("max_memory");
  if (given + asked <= all) return {};
  if (given + least > all) {
    return base::Error{cat(
        limits.place("max_memory").text(), ": max_memory is \"", format_size(all),
        "\", but program, kernel buffers (buffer for each interface) and the bounds that are given need \"",
        format_size((given + least + kMegabyte - 1) / kMegabyte * kMegabyte), "\" at least: raise it or lower those")};
  }
  const double part = static_cast<double>(all - given - least) / static_cast<double>(asked - least);
  for (const Share& share : kShares) {
    Section& group = in(share);
    if (group.given(share.key)) continue;
    const auto above = static_cast<double>(group.integer(share.key) - share.least);
    group.set(share.key, share.least + static_cast<std::int64_t>(above * part), kShrunk);
  }
  if (!limits.given("max_rows_per_bucket")) {
    limits.set("max_rows_per_bucket", std::min(limits.integer("max_rows_per_bucket"), limits.integer("max_rows")),
               Place{});
  }
  section.set("limits", std::vector<Section>{limits}, section.place("limits"));
  section.set("names", std::vector<Section>{names}, section.place("names"));
  return {};
}

}  // namespace pastmon::config
