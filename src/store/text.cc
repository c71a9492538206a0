// SPDX-License-Identifier: MIT
#include "pastmon/base/text.h"
#include "connection.h"
#include "pastmon/base/hash.h"

namespace pastmon::store {

Id id_of(const base::Address& address) noexcept {
  const base::Address::Bytes& bytes = address.bytes();
  return base::stable_id({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Id id_of_name(std::string_view name) noexcept { return base::stable_id(name); }

std::string clean_text(std::string_view bytes) { return base::escape_controls(bytes); }

}  // namespace pastmon::store
