// SPDX-License-Identifier: MIT
// Batches into tables. Reference rows go in first, statement by statement in the order of their ids: they repeat
// safely, and two sensors that name the same hosts cannot block each other. The rest is one transaction.
#pragma once

#include <map>
#include <set>
#include <unordered_set>

#include "connection.h"
#include "rows.h"

namespace pastmon::store {

class Writer {
 public:
  explicit Writer(Connection& connection) : connection_(connection) {}

  base::Result<void> write(const Batch& batch);
  base::Result<void> write_open(const Batch& open);

 private:
  using Buckets = std::set<base::Seconds>;
  /// Reference rows that are in the database. A sensor and a signature may have one name, thus one id.
  struct Known {
    std::unordered_set<Id> sensors, signatures, hosts;
    base::Seconds day = 0;     ///< of the newest row: forgotten when it changes
    std::int64_t purges = -1;  ///< of hosts, when this was begun; −1: not asked yet
  };

  base::Result<void> try_write(const Batch& batch);
  base::Result<void> try_write_open(const Batch& open);
  base::Result<void> put_references(const Batch& batch, const SortedRows& rows);
  base::Result<void> put_named(const char* table, const char* column, const std::map<Id, std::string>& named);
  base::Result<void> report_collisions(const char* table, const char* column, const std::map<Id, std::string>& named);
  base::Result<void> make_days(const SortedRows& rows);
  base::Result<void> put_rows(const char* table, const std::string& on_conflict, const Batch& batch,
                              const SortedRows& rows);
  base::Result<void> put_statistics(const char* table, const std::string& on_conflict, const Batch& batch,
                                    const Buckets& skip);
  base::Result<void> add_up(const Batch& batch, const SortedRows& rows, const Buckets& skip);
  base::Result<void> remove_open(const char* table, const Buckets& buckets, const Batch& batch);
  base::Result<Buckets> closed_of_orphan(const char* table, const Buckets& asked, const Batch& batch);
  base::Result<Buckets> closed_buckets(const char* table, const Buckets& asked, const Batch& open);
  void forget_known(const SortedRows& rows);
  base::Result<std::int64_t> purges();
  base::Result<void> keep_references(const Batch& batch, const SortedRows& rows);

  Connection& connection_;
  Known known_;
  Buckets days_;  ///< partitions that are there
};

}  // namespace pastmon::store
