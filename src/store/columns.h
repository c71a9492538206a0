// SPDX-License-Identifier: MIT
// The columns of the level tables. Hot columns follow from metric::registry(): a counter is one column of its name, a
// size or distribution four (name_count, _sum, _min, _max). sql/ writes them out; a test compares the two.
#pragma once

#include <string>
#include <vector>

#include "connection.h"
#include "pastmon/metric/aggregate.h"
#include "pastmon/metric/registry.h"

namespace pastmon::store {

enum class Part : std::uint8_t { value, count, sum, minimum, maximum };

struct HotColumn {
  std::string name;
  const metric::Info* metric = nullptr;
  Part part = Part::value;
};

/// In the order of the registry; the four parts of a summary stand together.
const std::vector<HotColumn>& hot_columns();

/// Key, first_seen, last_seen, hot columns, detail: what an insert into a level table names.
const std::vector<Column>& level_columns();
inline constexpr std::ptrdiff_t kLevelKeyColumns = 8;
inline constexpr const char* kLevelKey = "bucket, \"interval\", sensor, run, signature, client, server, port";

/// "ON CONFLICT (key) DO UPDATE SET c = excluded.c, …" for all columns behind the first `key_columns`.
std::string replace_on_conflict(std::string_view key, const std::vector<Column>& columns, std::size_t key_columns);

/// "first_seen, last_seen, transactions, …": single rows.
std::string hot_select();
std::vector<std::string> hot_names();  ///< the same, one by one
std::vector<std::string> hot_names();  ///< the same, one by one
/// "CAST(MIN(first_seen) AS BIGINT), …, CAST(SUM(transactions) AS BIGINT), …": groups of rows.
std::string hot_select_grouped();

/// count, sum, min and max; the last two are NULL for nothing.
void put_summary(const metric::Summary& value, RowSink& sink);

/// first_seen, last_seen and hot columns of one row. Minimum and maximum of nothing are NULL.
void put_hot(const metric::Aggregate& values, RowSink& sink);
/// Adds what hot_select() or hot_select_grouped() gave, from column `first` on. Returns the column behind it.
unsigned merge_hot(const RowView& row, unsigned first, metric::Aggregate& values);

}  // namespace pastmon::store
