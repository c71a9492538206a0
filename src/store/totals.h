// SPDX-License-Identifier: MIT
// Monotonic totals: what was ever stored, by sensor and signature, and of the program's own figures. They grow with
// each batch, in its transaction, and never fall: level 1 and 2 may be archived and age out.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "connection.h"
#include "rows.h"

namespace pastmon::store {

class Totals {
 public:
  explicit Totals(Connection& connection) : connection_(connection) {}

  /// In the transaction of the batch these rows belong to.
  base::Result<void> add(Id sensor, const SortedRows& rows);
  /// By name and interface.
  using Statistics = std::map<std::pair<std::string, std::string>, metric::Summary>;
  base::Result<void> add(Id sensor, const Statistics& statistics);

  /// `table`: what stands behind FROM.
  base::Result<std::vector<Total>> totals(const std::string& table);
  base::Result<std::vector<StatisticTotal>> statistics(const std::string& table);

 private:
  Connection& connection_;
};

}  // namespace pastmon::store
