// SPDX-License-Identifier: MIT
// Whatever the reader of stored details takes reads back the same from what it writes; what it refuses changes nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pastmon/metric/aggregate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using pastmon::metric::Aggregate;
  Aggregate values;
  if (!values.merge_detail(std::string_view(reinterpret_cast<const char*>(data), size))) {
    if (!(values == Aggregate())) std::abort();
    return 0;
  }
  Aggregate again;
  const std::string written = values.encode_detail();
  if (!again.merge_detail(written) || again.encode_detail() != written) std::abort();
  Aggregate sum = values;
  sum.merge(values);
  return 0;
}
