// SPDX-License-Identifier: MIT
#include "newcomers.h"

#include <utility>

namespace pastmon::web {

std::shared_ptr<const Arrivals> Newcomers::get(base::Micros now) {
  const std::lock_guard lock(mutex_);
  if (arrivals_ != nullptr && (reading_ || now - kept_at_ < kFresh)) return arrivals_;
  reading_ = true;
  return nullptr;
}

void Newcomers::keep(std::shared_ptr<const Arrivals> arrivals, base::Micros now) {
  const std::lock_guard lock(mutex_);
  reading_ = false;
  if (arrivals == nullptr) return;
  arrivals_ = std::move(arrivals);
  kept_at_ = now;
}

}  // namespace pastmon::web
