// SPDX-License-Identifier: MIT
#include "complaint.h"

#include "pastmon/base/log.h"

namespace pastmon::store {

namespace {
constexpr int kRarely = 60;
}

void Complaint::about(const base::Error& error) {
  const auto now = std::chrono::steady_clock::now();
  // What passes by itself changes its words on the way (refused, starting up): all of them are one trouble.
  const bool told = (error.temporary || message_ == error.message) && now < next_;
  if (!message_.empty() && told) return;
  base::log::error("the database cannot be written: ", error.message, "; what is closed waits in ", waits_in_);
  message_ = error.message;
  next_ = now + std::chrono::microseconds(error.temporary ? kRarely * repeat_ : repeat_);
}

void Complaint::all_is_well() {
  if (!message_.empty()) base::log::info("the database is written again");
  message_.clear();
}

}  // namespace pastmon::store
