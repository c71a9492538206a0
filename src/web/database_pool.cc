// SPDX-License-Identifier: MIT
#include "database_pool.h"

#include <chrono>
#include <utility>

#include "pastmon/base/log.h"

namespace pastmon::web {

DatabasePool::Lease::~Lease() {
  if (database_ != nullptr) pool_->give_back(std::move(database_), checked_, spoilt_);
}

DatabasePool::DatabasePool(Options options, Open open, const base::Clock& clock)
    : options_(options), open_(std::move(open)), clock_(clock) {}

base::Result<DatabasePool::Lease> DatabasePool::take() {
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
    if (now - idle->checked < options_.recheck) return Lease(*this, std::move(idle->database), idle->checked);
    if (idle->database->check()) return Lease(*this, std::move(idle->database), now);
  }
  auto database = connect();
  const std::lock_guard lock(mutex_);
  if (!database) {
    --used_;
    free_.notify_one();
    if (last_error_ != database.message()) base::log::error("database: ", database.message());
    last_error_ = database.message();
    failed_at_ = clock_.monotonic();
    return database.error();
  }
  if (last_error_) base::log::info("database: reached again");
  last_error_.reset();
  return Lease(*this, std::move(*database), clock_.monotonic());
}

std::optional<DatabasePool::Idle> DatabasePool::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::nullopt;
  Idle idle = std::move(idle_.back());
  idle_.pop_back();
  return idle;
}

base::Result<std::unique_ptr<store::Database>> DatabasePool::connect() {
  auto database = open_();
  if (!database) return database;
  if (auto usable = (*database)->check(); !usable) return usable.error();
  return database;
}

void DatabasePool::give_back(std::unique_ptr<store::Database> database, base::Micros checked, bool spoilt) {
  const std::lock_guard lock(mutex_);
  --used_;
  if (!spoilt) idle_.push_back({std::move(database), checked});
  free_.notify_one();
}

}  // namespace pastmon::web
