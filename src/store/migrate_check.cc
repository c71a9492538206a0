// SPDX-License-Identifier: MIT
#include "migrate_check.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "pastmon/base/text.h"
#include "rows.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Result;

constexpr std::size_t kKeysAtOnce = 5'000;

// Remainders: no sum of a group can overflow, whatever a damaged database holds, and no likely change stays unseen.
constexpr const char* kCheckRemainder = " % 1000003";
constexpr const char* kShownRemainder = " % 1000000000000000";

/// Key columns of a group: what one batch wrote.
const std::array<const char*, 4> kRunKey = {"bucket", "\"interval\"", "sensor", "run"};
using RunKey = std::array<std::int64_t, kRunKey.size()>;

struct RunSum {
  std::int64_t rows = 0;
  MigratedTable::Sums shown;
  std::vector<std::int64_t> sums;
};
using RunSums = std::map<RunKey, RunSum>;

bool has_figures(const CopiedTable& table) {
  return table.columns.front().name == "bucket" && table.name != "archived";
}
bool is_level(const CopiedTable& table) { return table.name.starts_with("level_"); }

/// Sums of every column that is no text and not in the group's key.
std::vector<std::string> check_sums(const CopiedTable& table) {
  std::vector<std::string> sums;
  for (const Column& column : table.columns) {
    if (std::find(kRunKey.begin(), kRunKey.end(), column.name) != kRunKey.end()) continue;
    if (column.type == ColumnType::integer)
      sums.push_back(cat("SUM(COALESCE(", column.name, ", -1)", kCheckRemainder, ")"));
    if (column.type == ColumnType::blob) sums.push_back(cat("SUM(LENGTH(", column.name, "))"));
  }
  return sums;
}

Result<RunSums> groups_of(Connection& connection, const CopiedTable& table, base::Seconds from, base::Seconds to) {
  const std::vector<std::string> sums = check_sums(table);
  std::string keys;
  for (const char* key : kRunKey) keys += cat(keys.empty() ? "" : ", ", key);
  std::string sql = cat("SELECT ", keys, ", COUNT(*)");
  if (is_level(table)) {
    for (const char* shown : {"transactions", "(packets_client + packets_server)", "(bytes_client + bytes_server)"})
      sql += cat(", CAST(SUM(", shown, kShownRemainder, ") AS BIGINT)");
  }
  for (const std::string& sum : sums) sql += cat(", CAST(", sum, " AS BIGINT)");
  sql += cat(" FROM ", table.name, " WHERE bucket >= ", from, " AND bucket < ", to, " GROUP BY ", keys);
  RunSums groups;
  Result<void> done = connection.query(sql, {}, [&](const RowView& row) {
    unsigned at = 0;
    RunKey key{};
    for (std::int64_t& part : key) part = row.integer(at++);
    RunSum& group = groups[key];
    group.rows = row.integer(at++);
    if (is_level(table)) {
      for (std::int64_t* shown : {&group.shown.transactions, &group.shown.packets, &group.shown.bytes})
        *shown = row.integer(at++);
    }
    for (std::size_t i = 0; i < sums.size(); ++i) group.sums.push_back(row.integer(at++));
  });
  if (!done) return done.error();
  return groups;
}

void add(MigratedTable::Sums& sums, const MigratedTable::Sums& more) {
  sums.transactions = metric::saturating_sum(sums.transactions, more.transactions);
  sums.packets = metric::saturating_sum(sums.packets, more.packets);
  sums.bytes = metric::saturating_sum(sums.bytes, more.bytes);
}

/// More rows of a group than the source has came from a journal that was replayed into the target.
void compare(const RunSums& source, const RunSums& target, MigratedTable& result) {
  for (const auto& [key, mine] : source) {
    result.source_rows += mine.rows;
    add(result.source, mine.shown);
    const auto found = target.find(key);
    if (found == target.end()) {
      result.agree = false;
      continue;
    }
    result.target_rows += found->second.rows;
    add(result.target, found->second.shown);
    const bool same = found->second.rows == mine.rows && found->second.sums == mine.sums;
    if (!same && found->second.rows <= mine.rows) result.agree = false;
  }
}

Result<std::optional<base::Seconds>> next_bucket(Connection& connection, const CopiedTable& table, base::Seconds from) {
  std::optional<base::Seconds> next;
  Result<void> done = connection.query(cat("SELECT MIN(bucket) FROM ", table.name, " WHERE bucket >= ", from), {},
                                       [&](const RowView& row) {
                                         if (!row.null(0)) next = row.integer(0);
                                       });
  if (!done) return done.error();
  return next;
}

Result<void> compare_figures(Connection& source, Connection& target, const CopiedTable& table, MigratedTable& result,
                             const std::function<void(std::int64_t)>& seen) {
  base::Seconds from = 0;
  for (;;) {
    const Result<std::optional<base::Seconds>> next = next_bucket(source, table, from);
    if (!next) return next.error();
    if (!*next) return {};
    const base::Seconds end = **next - **next % kDay + kDay;
    const Result<RunSums> mine = groups_of(source, table, **next, end);
    if (!mine) return mine.error();
    const Result<RunSums> theirs = groups_of(target, table, **next, end);
    if (!theirs) return theirs.error();
    compare(*mine, *theirs, result);
    seen(result.source_rows);
    from = end;
  }
}

/// The keys in the target among which those of these rows must be. Texts are sorted differently by every database, so
/// that only whole numbers make a range.
Result<std::set<std::string>> keys_near(Connection& target, const CopiedTable& table,
                                        const std::vector<CopiedRow>& rows) {
  std::string names;
  CopiedTable keys{table.name, {}, {}, {}};
  bool numbers = true;
  for (const std::size_t column : table.key) {
    names += cat(names.empty() ? "" : ", ", table.columns[column].name);
    keys.key.push_back(keys.columns.size());
    keys.columns.push_back(table.columns[column]);
    numbers = numbers && table.columns[column].type == ColumnType::integer;
  }
  std::set<Id> leading;
  for (const CopiedRow& row : rows) leading.insert(integer_of(row, table.key.front()));
  std::string where = target.in_ids(keys.columns.front().name, {leading.begin(), leading.end()});
  if (numbers && table.key.size() > 1) {
    const auto list = [&](const CopiedRow& row) {
      std::string values;
      for (const std::size_t column : table.key) values += cat(values.empty() ? "" : ", ", integer_of(row, column));
      return values;
    };
    where += cat(" AND (", names, ") >= (", list(rows.front()), ") AND (", names, ") <= (", list(rows.back()), ")");
  }
  std::set<std::string> found;
  Result<void> done =
      target.query(cat("SELECT ", names, " FROM ", table.name, " WHERE ", where), {}, [&](const RowView& view) {
        CopiedRow row;
        for (std::size_t i = 0; i < keys.columns.size(); ++i) {
          const auto at = static_cast<unsigned>(i);
          row.push_back(keys.columns[i].type == ColumnType::integer ? CopiedValue(view.integer(at))
                                                                    : CopiedValue(std::string(view.text(at))));
        }
        found.insert(key_text(keys, row));
      });
  if (!done) return done.error();
  return found;
}

Result<void> compare_keys(Connection& source, Connection& target, const CopiedTable& table, MigratedTable& result,
                          const std::function<void(std::int64_t)>& seen) {
  TableReader reader(source, table);
  std::vector<Parameter> last;
  for (;;) {
    const Result<std::vector<CopiedRow>> rows = reader.rows_after(last, kKeysAtOnce);
    if (!rows) return rows.error();
    if (rows->empty()) return {};
    const Result<std::set<std::string>> there = keys_near(target, table, *rows);
    if (!there) return there.error();
    for (const CopiedRow& row : *rows) {
      ++result.source_rows;
      if (there->contains(key_text(table, fit_row(table, row)))) ++result.target_rows;
    }
    seen(result.source_rows);
    Result<std::vector<Parameter>> key = key_of_text(table, key_text(table, rows->back()));
    if (!key) return key.error();
    last = *std::move(key);
  }
}

}  // namespace

Result<MigratedTable> compare_table(Connection& source, Connection& target, const CopiedTable& table,
                                    const std::function<void(std::int64_t rows)>& seen) {
  MigratedTable result;
  result.name = table.name;
  result.agree = true;
  Result<void> done = has_figures(table) ? compare_figures(source, target, table, result, seen)
                                         : compare_keys(source, target, table, result, seen);
  if (!done) return done.error();
  if (!has_figures(table)) result.agree = result.source_rows == result.target_rows;
  return result;
}

}  // namespace pastmon::store
