// SPDX-License-Identifier: MIT
// Writer and reader of the `detail` of a stored row: docs/detail-format.md.
#include <utility>

#include "pastmon/base/text.h"
#include "pastmon/base/varint.h"
#include "pastmon/metric/aggregate.h"

namespace pastmon::metric {
namespace {

constexpr std::uint64_t kDetailVersion = 1;

// What a distribution consists of: bits of its first number.
constexpr std::uint64_t kSummary = 1;
constexpr std::uint64_t kSketch = 2;

void put(std::string& out, const Summary& summary) {
  base::put_varint(out, static_cast<std::uint64_t>(summary.count));
  base::put_varint(out, static_cast<std::uint64_t>(summary.sum));
  base::put_varint(out, static_cast<std::uint64_t>(summary.min));
  base::put_varint(out, static_cast<std::uint64_t>(summary.max - summary.min));
}

/// The value of one metric; leaves `out` empty when there is none to store.
void put(std::string& out, const Aggregate& values, const Info& metric) {
  out.clear();
  switch (metric.kind) {
    case Kind::counter: {
      const std::int64_t value = values[static_cast<Counter>(metric.index)];
      if (!metric.hot && value != 0) base::put_varint(out, static_cast<std::uint64_t>(value));
      break;
    }
    case Kind::size: {
      const Summary& summary = values[static_cast<Size>(metric.index)];
      if (!metric.hot && summary.count != 0) put(out, summary);
      break;
    }
    case Kind::distribution: {
      const DistributionValue& value = values[static_cast<Distribution>(metric.index)];
      const bool summary = !metric.hot && value.summary.count != 0;
      const bool sketch = value.sketch.count() != 0;
      if (!summary && !sketch) break;
      base::put_varint(out, (summary ? kSummary : 0U) | (sketch ? kSketch : 0U));
      if (summary) put(out, value.summary);
      if (sketch) value.sketch.encode(out);
      break;
    }
  }
}

/// Numbers ≥ 0 that fit; anything else fails the reader for good.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : in(bytes) {}

  std::int64_t get() noexcept {
    const std::uint64_t value = in.get();
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) fits_ = false;
    return fits_ ? static_cast<std::int64_t>(value) : 0;
  }
  Summary summary() noexcept {
    Summary s;
    s.count = get();
    s.sum = get();
    s.min = get();
    if (__builtin_add_overflow(s.min, get(), &s.max)) fits_ = false;
    if (s.count == 0) fits_ = false;
    return s;
  }
  bool ok() const noexcept { return fits_ && in.ok(); }

  base::VarintReader in;

 private:
  bool fits_ = true;
};

base::Result<void> read_distribution(Numbers& in, DistributionValue& value) {
  const std::uint64_t parts = in.in.get();
  if (!in.ok() || parts == 0 || (parts & ~(kSummary | kSketch)) != 0) {
    return base::Error{"a distribution with unknown parts"};
  }
  if ((parts & kSummary) != 0) value.summary = in.summary();
  if ((parts & kSketch) != 0) {
    auto sketch = Sketch::decode(in.in);
    if (!sketch) return sketch.error();
    value.sketch = *std::move(sketch);
  }
  return {};
}

base::Result<void> read_metric(std::string_view payload, const Info& metric, Aggregate& values) {
  Numbers in(payload);
  switch (metric.kind) {
    case Kind::counter:
      values[static_cast<Counter>(metric.index)] = in.get();
      break;
    case Kind::size:
      values[static_cast<Size>(metric.index)] = in.summary();
      break;
    case Kind::distribution:
      if (auto read = read_distribution(in, values[static_cast<Distribution>(metric.index)]); !read) return read;
      break;
  }
  if (!in.ok()) return base::Error{"a number that is cut off or too large"};
  if (!in.in.at_end()) return base::Error{"bytes behind the value"};
  return {};
}

}  // namespace

std::string Aggregate::encode_detail() const {
  std::string out;
  std::string payload;
  base::put_varint(out, kDetailVersion);
  for (const Info& metric : registry()) {
    put(payload, *this, metric);
    if (payload.empty()) continue;
    base::put_varint(out, metric.number);
    base::put_varint(out, payload.size());
    out.append(payload);
  }
  return out;
}

base::Result<void> Aggregate::merge_detail(std::string_view bytes) {
  base::VarintReader in(bytes);
  const std::uint64_t version = in.get();
  if (!in.ok()) return base::Error{"detail of a row: cut off"};
  if (version != kDetailVersion) return base::Error{base::cat("detail of a row: version ", version, " is not known")};
  Aggregate read;
  std::array<bool, 256> taken{};
  while (!in.at_end()) {
    const std::uint64_t number = in.get();
    const std::string_view payload = in.get_bytes(in.get());
    if (!in.ok()) return base::Error{"detail of a row: cut off"};
    const Info* metric = find_number(number);
    if (metric == nullptr) continue;
    if (std::exchange(taken[metric->number], true)) {
      return base::Error{base::cat("detail of a row: ", metric->name, " stands there twice")};
    }
    if (const auto done = read_metric(payload, *metric, read); !done) {
      return base::Error{base::cat("detail of a row: ", metric->name, ": ", done.message())};
    }
  }
  merge(read);
  return {};
}

}  // namespace pastmon::metric
