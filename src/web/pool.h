// SPDX-License-Identifier: MIT
// A few database connections for many threads. A connection on which a query failed is closed, not used again; while
// the database cannot be reached, it is asked again at most once a second.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/base/log.h"
#include "pastmon/base/result.h"

namespace pastmon::web {

/// `Connection` has check(): is what it leads to still what this program works with?
template <class Connection>
class Pool {
 public:
  using Open = std::function<base::Result<std::unique_ptr<Connection>>()>;

  /// A connection for the time of one request. Not shared by threads.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, base::Micros checked)
        : pool_(&pool), connection_(std::move(connection)), checked_(checked) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_ != nullptr) pool_->give_back(std::move(connection_), checked_, spoilt_);
    }
    Connection* operator->() noexcept { return connection_.get(); }
    /// The connection is not to be used again: a query on it failed.
    void spoil() noexcept { spoilt_ = true; }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
    base::Micros checked_;
    bool spoilt_ = false;
  };

  struct Options {
    std::size_t connections = 8;
    base::Micros wait = 10 * base::kSecond;     ///< for a free one
    base::Micros retry = base::kSecond;         ///< between attempts to reach a database that is down
    base::Micros recheck = 10 * base::kSecond;  ///< a connection's schema is looked at again: it may have been upgraded
    std::string name = "database";              ///< in the log
  };

  /// The clock and what `open` needs must outlive the pool; the pool must outlive its leases.
  Pool(Options options, Open open, const base::Clock& clock)
      : options_(std::move(options)), open_(std::move(open)), clock_(clock) {}

  /// Any thread. Errors: database not reachable or its schema not ours, all connections busy.
  base::Result<Lease> take();

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    base::Micros checked = 0;
  };

  std::optional<Idle> take_idle();
  base::Result<std::unique_ptr<Connection>> connect();
  void give_back(std::unique_ptr<Connection> connection, base::Micros checked, bool spoilt);

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

template <class Connection>
base::Result<typename Pool<Connection>::Lease> Pool<Connection>::take() {
  {
    std::unique_lock lock(mutex_);
    const auto limit = std::chrono::microseconds(options_.wait);
    if (!free_.wait_for(lock, limit, [this] { return used_ < options_.connections; })) {
      return base::Error{"all database connections are busy; try again"};
    }
    if (idle_.empty() && last_error_ && clock_.monotonic() - failed_at_ < options_.retry) {
      return base::Error{*last_error_};
    }
    ++used_;
  }
  // One that was checked a while ago, and is not right any more, is closed: a new one tells what is the matter.
  while (std::optional<Idle> idle = take_idle()) {
    const base::Micros now = clock_.monotonic();
    if (now - idle->checked < options_.recheck) return Lease(*this, std::move(idle->connection), idle->checked);
    if (idle->connection->check()) return Lease(*this, std::move(idle->connection), now);
  }
  auto connection = connect();
  const std::lock_guard lock(mutex_);
  if (!connection) {
    --used_;
    free_.notify_one();
    if (last_error_ != connection.message()) base::log::error(options_.name, ": ", connection.message());
    last_error_ = connection.message();
    failed_at_ = clock_.monotonic();
    return connection.error();
  }
  if (last_error_) base::log::info(options_.name, ": reached again");
  last_error_.reset();
  return Lease(*this, std::move(*connection), clock_.monotonic());
}

template <class Connection>
std::optional<typename Pool<Connection>::Idle> Pool<Connection>::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::nullopt;
  Idle idle = std::move(idle_.back());
  idle_.pop_back();
  return idle;
}

template <class Connection>
base::Result<std::unique_ptr<Connection>> Pool<Connection>::connect() {
  auto connection = open_();
  if (!connection) return connection;
  if (auto usable = (*connection)->check(); !usable) return usable.error();
  return connection;
}

template <class Connection>
void Pool<Connection>::give_back(std::unique_ptr<Connection> connection, base::Micros checked, bool spoilt) {
  const std::lock_guard lock(mutex_);
  --used_;
  if (!spoilt) idle_.push_back({std::move(connection), checked});
  free_.notify_one();
}

}  // namespace pastmon::web
