// SPDX-License-Identifier: MIT
// Short transactions, one after the other: how long they take, how much goes into the next one, whether to go on.
#pragma once

#include <cstddef>
#include <functional>

#include "connection.h"
#include "pastmon/store/archive.h"

namespace pastmon::store {

/// How many rows of one kind of work fit into a transaction, learnt from those before.
class Pace {
 public:
  explicit Pace(base::Micros target) noexcept : target_(target) {}
  std::size_t rows() const noexcept { return rows_; }
  void took(std::size_t rows, base::Micros time) noexcept;

 private:
  base::Micros target_;
  std::size_t rows_ = 500;
};

class ArchiveWork {
 public:
  ArchiveWork(Connection& connection, const ArchiveWatch& watch) : connection_(connection), watch_(watch) {}

  Connection& connection() noexcept { return connection_; }
  ArchiveReport report;

  /// One transaction that writes; then asks whether to stop.
  base::Result<void> write(const std::function<base::Result<void>()>& body);
  /// The same for a body that is a transaction of its own.
  base::Result<void> write_alone(const std::function<base::Result<void>()>& body);
  /// Time of the last one, from getting the right to write to the end of the commit.
  base::Micros last_time() const noexcept { return last_time_; }
  bool stopped() const noexcept { return stopped_; }
  /// Something was written by another's transactions: counted as one, without its time; then asks whether to stop.
  void written();

  void progress(double done) const {
    if (watch_.progress) watch_.progress(done);
  }

 private:
  void count(base::Micros begun);

  Connection& connection_;
  const ArchiveWatch& watch_;
  base::SystemClock clock_;
  base::Micros last_time_ = 0;
  bool stopped_ = false;
};

}  // namespace pastmon::store
