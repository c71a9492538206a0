// SPDX-License-Identifier: MIT
// The details of many rows, added up.
#pragma once

#include <string>
#include <string_view>

#include "pastmon/metric/aggregate.h"

namespace pastmon::store {

/// Damaged details are left out and counted; the hot columns of their rows still hold. Logged once, at the end.
class Details {
 public:
  Details() = default;
  ~Details();
  Details(const Details&) = delete;
  Details& operator=(const Details&) = delete;

  void merge(std::string_view detail, metric::Aggregate& into);

 private:
  std::size_t damaged_ = 0;
  std::string first_;
};

}  // namespace pastmon::store
