// SPDX-License-Identifier: MIT
#include "database_pool.h"

#include <chrono>
#include <utility>

#include "pastmon/base/log.h"

namespace pastmon::web {

DatabasePool::Lease::~Lease() {
  if (database_ != nullptr) pool_->give_back(std::move(database_), spoilt_);
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
    if (!idle_.empty()) {
      std::unique_ptr<store::Database> database = std::move(idle_.back());
      idle_.pop_back();
      ++used_;
      return Lease(*this, std::move(database));
    }
    if (last_error_ && clock_.monotonic() - failed_at_ < options_.retry) return base::Error{*last_error_};
    ++used_;
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
  return Lease(*this, std::move(*database));
}

base::Result<std::unique_ptr<store::Database>> DatabasePool::connect() {
  auto database = open_();
  if (!database) return database;
  if (auto usable = (*database)->check(); !usable) return usable.error();
  return database;
}

void DatabasePool::give_back(std::unique_ptr<store::Database> database, bool spoilt) {
  const std::lock_guard lock(mutex_);
  --used_;
  if (!spoilt) idle_.push_back(std::move(database));
  free_.notify_one();
}

}  // namespace pastmon::web
