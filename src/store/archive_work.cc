// SPDX-License-Identifier: MIT
#include "archive_work.h"

#include <algorithm>

#include "schema.h"

namespace pastmon::store {

// A transaction that took too long counts at once; that one was short is believed by and by.
void Pace::took(std::size_t rows, base::Micros time) noexcept {
  constexpr std::size_t kLeast = 50, kMost = 20'000;
  if (rows == 0) return;
  const auto fit =
      static_cast<double>(target_) * static_cast<double>(rows) / static_cast<double>(std::max<base::Micros>(time, 1));
  const double most = 2.0 * static_cast<double>(rows_);
  rows_ = std::clamp(static_cast<std::size_t>(std::min(fit, most)), kLeast, kMost);
}

base::Result<void> ArchiveWork::write(const std::function<base::Result<void>()>& body) {
  Transaction transaction(connection_);
  if (base::Result<void> begun = transaction.begin_write(); !begun) return begun;
  const base::Micros begun = clock_.monotonic();
  if (base::Result<void> right = hold_schema(connection_); !right) return right;
  if (base::Result<void> done = body(); !done) return done;
  if (base::Result<void> done = transaction.commit(); !done) return done;
  count(begun);
  return connection_.catch_up();
}

base::Result<void> ArchiveWork::write_alone(const std::function<base::Result<void>()>& body) {
  const base::Micros begun = clock_.monotonic();
  if (base::Result<void> done = body(); !done) return done;
  count(begun);
  return connection_.catch_up();
}

void ArchiveWork::count(base::Micros begun) {
  last_time_ = clock_.monotonic() - begun;
  report.longest_transaction = std::max(report.longest_transaction, last_time_);
  written();
}

void ArchiveWork::written() {
  ++report.transactions;
  stopped_ = stopped_ || (watch_.stop && watch_.stop());
}

}  // namespace pastmon::store
