// SPDX-License-Identifier: MIT
// A few database connections for many threads. A connection on which a query failed is closed, not used again; while
// the database cannot be reached, it is asked again at most once a second.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/store/store.h"

namespace pastmon::web {

class DatabasePool {
 public:
  using Open = std::function<base::Result<std::unique_ptr<store::Database>>()>;

  /// A connection for the time of one request. Not shared by threads.
  class Lease {
   public:
    Lease(DatabasePool& pool, std::unique_ptr<store::Database> database, base::Micros checked)
        : pool_(&pool), database_(std::move(database)), checked_(checked) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    store::Database* operator->() noexcept { return database_.get(); }
    /// The connection is not to be used again: a query on it failed.
    void spoil() noexcept { spoilt_ = true; }

   private:
    DatabasePool* pool_;
    std::unique_ptr<store::Database> database_;
    base::Micros checked_;
    bool spoilt_ = false;
  };

  struct Options {
    std::size_t connections = 8;
    base::Micros wait = 10 * base::kSecond;     ///< for a free one
    base::Micros retry = base::kSecond;         ///< between attempts to reach a database that is down
    base::Micros recheck = 10 * base::kSecond;  ///< a connection's schema is looked at again: it may have been upgraded
  };

  /// The clock and what `open` needs must outlive the pool; the pool must outlive its leases.
  DatabasePool(Options options, Open open, const base::Clock& clock);

  /// Any thread. Errors: database not reachable or its schema not ours, all connections busy.
  base::Result<Lease> take();

 private:
  struct Idle {
    std::unique_ptr<store::Database> database;
    base::Micros checked = 0;
  };

  std::optional<Idle> take_idle();
  base::Result<std::unique_ptr<store::Database>> connect();
  void give_back(std::unique_ptr<store::Database> database, base::Micros checked, bool spoilt);

  Options options_;
  Open open_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<Idle> idle_;
  std::size_t used_ = 0;
  std::optional<std::string> last_error_;
  base::Micros failed_at_ = 0;
};

}  // namespace pastmon::web
