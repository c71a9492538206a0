// SPDX-License-Identifier: MIT
// Whatever the reader of stored sketches takes, it writes back as the same bytes, and can be used.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "pastmon/metric/sketch.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  pastmon::base::VarintReader in(input);
  const auto sketch = pastmon::metric::Sketch::decode(in);
  if (!sketch) return 0;
  std::string written;
  sketch->encode(written);
  pastmon::base::VarintReader again(written);
  const auto same = pastmon::metric::Sketch::decode(again);
  if (!same || !(*same == *sketch) || written.size() > size) std::abort();
  pastmon::metric::Sketch twice = *sketch;
  twice.merge(*sketch);
  if (twice.bins().size() != sketch->bins().size()) std::abort();
  if (sketch->quantile(0.5) < 0 || sketch->quantile(1) < sketch->quantile(0)) std::abort();
  return 0;
}
