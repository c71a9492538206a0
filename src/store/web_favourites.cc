// SPDX-License-Identifier: MIT
#include <algorithm>

#include "again.h"
#include "pastmon/base/text.h"
#include "pastmon/store/web_state.h"

namespace pastmon::store {
namespace {

using base::cat;
using base::Error;
using base::Result;

Result<void> check_favourite(const std::string& title, const std::string& query) {
  if (title.empty()) return Error{"a favourite needs a title"};
  if (title.size() > WebState::kMaxTitle)
    return Error{cat("the title is longer than ", WebState::kMaxTitle, " bytes: give a shorter one")};
  if (query.empty()) return Error{"a favourite needs a graph"};
  if (query.size() > WebState::kMaxQuery)
    return Error{cat("the graph's address is longer than ", WebState::kMaxQuery, " bytes")};
  return {};
}

/// The ids of the wall, in its order.
Result<std::vector<std::int64_t>> order_of(Connection& connection) {
  std::vector<std::int64_t> ids;
  Result<void> done = connection.query("SELECT id FROM favourite ORDER BY position, id", {},
                                       [&ids](const RowView& row) { ids.push_back(row.integer(0)); });
  if (!done) return done.error();
  return ids;
}

}  // namespace

Result<std::vector<Favourite>> WebState::favourites() {
  return again(*connection_, [this]() -> Result<std::vector<Favourite>> {
    std::vector<Favourite> all;
    Result<void> done =
        connection_->query("SELECT id, title, query, created, changed, changed_by FROM favourite ORDER BY position, id",
                           {}, [&all](const RowView& row) {
                             all.push_back({row.integer(0), std::string(row.text(1)), std::string(row.text(2)),
                                            row.integer(3), row.integer(4), std::string(row.text(5))});
                           });
    if (!done) return done.error();
    return all;
  });
}

// Made once only: after a connection that broke nobody knows whether it went in.
Result<std::int64_t> WebState::add_favourite(std::string_view title, std::string_view query, std::string_view by,
                                             base::Seconds now) {
  const std::string clean_title = clean_text(base::trim(title)), clean_query = clean_text(query);
  if (Result<void> fine = check_favourite(clean_title, clean_query); !fine) return fine.error();
  Transaction transaction(*connection_);
  if (Result<void> begun = again(*connection_, [&] { return transaction.begin_write(); }); !begun) return begun.error();
  std::int64_t count = 0, last = 0, id = 0;
  Result<void> done =
      connection_->query("SELECT COUNT(*), COALESCE(MAX(position), 0) FROM favourite", {}, [&](const RowView& row) {
        count = row.integer(0);
        last = row.integer(1);
      });
  if (!done) return done.error();
  if (count >= static_cast<std::int64_t>(kMaxFavourites))
    return Error{cat("there are ", count, " favourites already, and no room for more: remove some")};
  done = connection_->query(
      "INSERT INTO favourite (position, title, query, created, changed, changed_by) VALUES (?, ?, ?, ?, ?, ?) "
      "RETURNING id",
      {last + 1, clean_title, clean_query, now, now, clean_text(by)},
      [&id](const RowView& row) { id = row.integer(0); });
  if (!done) return done.error();
  if (Result<void> committed = transaction.commit(); !committed) return committed.error();
  return id;
}

Result<bool> WebState::change_favourite(std::int64_t id, std::string_view title, std::string_view query,
                                        std::string_view by, base::Seconds now) {
  const std::string clean_title = clean_text(base::trim(title)), clean_query = clean_text(query);
  if (Result<void> fine = check_favourite(clean_title, clean_query); !fine) return fine.error();
  return again(*connection_, [&]() -> Result<bool> {
    const Result<std::int64_t> changed =
        connection_->execute("UPDATE favourite SET title = ?, query = ?, changed = ?, changed_by = ? WHERE id = ?",
                             {clean_title, clean_query, now, clean_text(by), id});
    if (!changed) return changed.error();
    return *changed == 1;
  });
}

Result<bool> WebState::remove_favourite(std::int64_t id) {
  return again(*connection_, [&]() -> Result<bool> {
    const Result<std::int64_t> removed = connection_->execute("DELETE FROM favourite WHERE id = ?", {id});
    if (!removed) return removed.error();
    return *removed == 1;
  });
}

Result<void> WebState::order_favourites(const std::vector<std::int64_t>& ids) {
  return again(*connection_, [&]() -> Result<void> {
    Transaction transaction(*connection_);
    if (Result<void> begun = transaction.begin_write(); !begun) return begun;
    Result<std::vector<std::int64_t>> old = order_of(*connection_);
    if (!old) return old.error();
    std::vector<std::int64_t> rest = *old, order;
    for (const std::int64_t id : ids) {
      const auto at = std::find(rest.begin(), rest.end(), id);
      if (at == rest.end()) continue;
      order.push_back(id);
      rest.erase(at);
    }
    order.insert(order.end(), rest.begin(), rest.end());
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto position = static_cast<std::int64_t>(i + 1);
      const Result<std::int64_t> moved = connection_->execute(
          "UPDATE favourite SET position = ? WHERE id = ? AND position <> ?", {position, order[i], position});
      if (!moved) return moved.error();
    }
    return transaction.commit();
  });
}

}  // namespace pastmon::store
