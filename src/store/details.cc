// SPDX-License-Identifier: MIT
#include "details.h"

#include "pastmon/base/log.h"

namespace pastmon::store {

void Details::merge(std::string_view detail, metric::Aggregate& into) {
  if (base::Result<void> merged = into.merge_detail(detail); !merged && damaged_++ == 0) first_ = merged.message();
}

Details::~Details() {
  if (damaged_ > 0) base::log::error(damaged_, " stored rows have an unreadable detail, the first: ", first_);
}

}  // namespace pastmon::store
